package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Makes workers known to everybody who lists them, {@code rq info} among others, and hears what they are told to do. */
public final class WorkerStore {

    /** A worker that says nothing for this long is taken for dead and is no longer listed. */
    private static final Duration KNOWN_FOR = Duration.ofSeconds(60);

    private static final LuaScript REGISTER = LuaScript.named("register");
    private static final LuaScript UNREGISTER = LuaScript.named("unregister");
    private static final LuaScript BURY = LuaScript.named("bury");
    private static final String VERSION = version();

    /** Looked up once, by the first who registers, and on a thread that may wait: a name server may be asked. */
    private static final Mono<Host> SELF = Mono.fromCallable(Host::self)
            .subscribeOn(Schedulers.boundedElastic())
            .cache();

    private final Redis redis;
    private final PubSub messages;

    WorkerStore(Redis redis, PubSub messages) {
        this.redis = redis;
        this.messages = messages;
    }

    /** Makes a worker known for a minute; signals {@link JobException.WorkerNameTaken}. */
    public Mono<Void> register(WorkerRecord worker) {
        return SELF.flatMap(self -> {
                    Args args = Args.of(redis.keys())
                            .add(worker.name())
                            .add(worker.token())
                            .add(KNOWN_FOR.toSeconds())
                            .add(worker.finished())
                            .add(worker.failed())
                            .add(String.format(
                                    Locale.ROOT, "%.6f", worker.worked().toNanos() / 1e9))
                            .add(String.join(",", worker.queues()))
                            .add(worker.currentJob())
                            .add(worker.executions().size());
                    worker.executions().forEach(execution -> args.add(execution.member()));
                    worker.fields(self.name(), self.address(), VERSION, Instant.now())
                            .forEach((field, value) -> args.add(field).add(value));
                    return redis.number(REGISTER, args);
                })
                .flatMap(answer ->
                        answer == 1 ? Mono.empty() : Mono.error(new JobException.WorkerNameTaken(worker.name())));
    }

    /** Takes a worker off the lists. */
    public Mono<Void> unregister(WorkerRecord worker) {
        return Mono.defer(() -> redis.number(
                        UNREGISTER,
                        Args.of(redis.keys())
                                .add(worker.name())
                                .add(worker.token())
                                .add(WireTime.shown(Instant.now()))
                                .addAll(worker.queues())))
                .then();
    }

    /** Takes off the lists of these queues the workers that died without saying so. */
    public Mono<Void> bury(List<String> queues) {
        return redis.number(BURY, Args.of(redis.keys()).addAll(queues)).then();
    }

    /** Emits the commands that a worker is sent, as JSON, until cancelled. */
    public Flux<byte[]> commands(String worker) {
        return messages.listen(redis.keys().workerChannel(worker));
    }

    private static String version() {
        String version = WorkerStore.class.getPackage().getImplementationVersion();
        return version == null ? "rq4j" : "rq4j " + version;
    }

    /** What this machine calls itself. */
    private record Host(String name, String address) {

        static Host self() {
            try {
                InetAddress self = InetAddress.getLocalHost();
                return new Host(self.getHostName(), self.getHostAddress());
            } catch (UnknownHostException nameless) {
                return new Host("unknown", "unknown");
            }
        }
    }
}
