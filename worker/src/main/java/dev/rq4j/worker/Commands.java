package dev.rq4j.worker;

import dev.rq4j.codec.WorkerCommand;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Names;
import dev.rq4j.redis.WorkerStore;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Obeys what a worker is told over its channel, by us or by Python RQ. */
final class Commands {

    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

    private final String worker;
    private final WorkerStore store;
    private final Leases leases;
    private final Quiet quiet;
    private final Runnable shutdown;

    Commands(String worker, WorkerStore store, Leases leases, Quiet quiet, Runnable shutdown) {
        this.worker = worker;
        this.store = store;
        this.leases = leases;
        this.quiet = quiet;
        this.shutdown = shutdown;
    }

    /** Listens and obeys until cancelled. */
    Mono<Void> obey() {
        return store.commands(worker).doOnNext(this::obey).then();
    }

    private void obey(byte[] message) {
        try {
            obey(WorkerCommand.parse(message));
        } catch (RuntimeException unreadable) {
            LOG.warn("ignored a command: {}", unreadable.getMessage());
        }
    }

    private void obey(WorkerCommand command) {
        switch (command.command()) {
            case WorkerCommand.STOP_JOB -> stop(command);
            case WorkerCommand.STOP_EXECUTION ->
                stop(leases.all().stream()
                        .filter(lease -> lease.execution().id().equals(command.executionId())));
            case WorkerCommand.QUIET -> {
                LOG.info("told to take no more jobs");
                quiet.begin();
            }
            case WorkerCommand.RESUME -> {
                LOG.info("told to take jobs again");
                quiet.end();
            }
            case WorkerCommand.SHUTDOWN -> {
                LOG.info("told to shut down");
                shutdown.run();
            }
            default ->
                LOG.info("ignored the command {}: it means nothing to this worker", Names.shown(command.command()));
        }
    }

    private void stop(WorkerCommand command) {
        String id = command.jobId();
        if (id == null) {
            LOG.warn("ignored a command to stop a job that it does not name");
            return;
        }
        stop(leases.of(JobId.of(id)));
    }

    private static void stop(Stream<Lease> told) {
        told.forEach(lease -> {
            LOG.info("told to stop {}", lease);
            lease.interrupt(new Ending.Stopped("Job stopped by request."));
        });
    }
}
