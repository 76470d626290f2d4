package dev.rq4j;

import dev.rq4j.codec.WorkerCommand;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Names;
import dev.rq4j.job.WorkerInfo;
import dev.rq4j.redis.WorkerDirectory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The workers of one namespace, in Java and Python: shows them, and tells them what to do.
 *
 * <p>A worker is told by a message, which is sent once and not answered. The methods that send one emit false when nobody
 * listens under the name, and signal {@link JobException.OfServer} when it cannot be sent; after
 * {@link JobException.ServerUnavailable} it is not known whether it was. Once subscribed to, cancelling does not recall it.
 * All signal {@link JobException.Invalid} for what can be nobody's name.
 */
public final class Workers {

    private final WorkerDirectory directory;

    Workers(WorkerDirectory directory) {
        this.directory = directory;
    }

    /** Emits the workers that are at work, in alphabetical order. One that died is among them for up to a minute. */
    public Flux<WorkerInfo> all() {
        return directory.all();
    }

    /** Emits those of them that serve a queue. */
    public Flux<WorkerInfo> of(String queue) {
        return Flux.defer(() -> directory.of(Names.queue(queue)));
    }

    /** Emits the worker with this name; completes empty when none is at work. */
    public Mono<WorkerInfo> find(String name) {
        return Mono.defer(() -> directory.find(Names.anyWorker(name)));
    }

    /** Tells a worker to take no more jobs, to let those that run end within its grace period, and to stop then. */
    public Mono<Boolean> stop(String name) {
        return tell(name, WorkerCommand.SHUTDOWN);
    }

    /**
     * Tells a worker to take no more jobs and to go on with those that run, until it is told to {@link #resume}. Python
     * workers do not know this command and ignore it.
     */
    public Mono<Boolean> quiet(String name) {
        return tell(name, WorkerCommand.QUIET);
    }

    /** Tells a worker to take jobs again. Python workers do not know this command and ignore it. */
    public Mono<Boolean> resume(String name) {
        return tell(name, WorkerCommand.RESUME);
    }

    private Mono<Boolean> tell(String name, String command) {
        return Mono.defer(() -> directory.tell(Names.anyWorker(name), command));
    }
}
