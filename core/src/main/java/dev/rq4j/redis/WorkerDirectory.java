package dev.rq4j.redis;

import dev.rq4j.codec.WorkerCommand;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Names;
import dev.rq4j.job.WorkerInfo;
import io.lettuce.core.KeyValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads what workers, in Java and Python, let others know of themselves, and sends them commands. */
public final class WorkerDirectory {

    private static final int LOOKUPS = 32;
    private static final String[] FIELDS = {
        "state",
        "queues",
        "hostname",
        "pid",
        "version",
        "birth",
        "last_heartbeat",
        "current_job",
        "successful_job_count",
        "failed_job_count",
        "total_working_time",
        "death"
    };

    private final Redis redis;

    WorkerDirectory(Redis redis) {
        this.redis = redis;
    }

    /** Emits the workers that are listed and alive, in alphabetical order. */
    public Flux<WorkerInfo> all() {
        return listed(redis.keys().workers());
    }

    /** Emits those of them that serve a queue. */
    public Flux<WorkerInfo> of(String queue) {
        return listed(redis.keys().workersOf(queue));
    }

    /** Emits a worker if one with this name is alive. */
    public Mono<WorkerInfo> find(String name) {
        return redis.read(commands -> Mono.zip(
                        commands.hmget(redis.keys().worker(name), FIELDS)
                                .filter(KeyValue::hasValue)
                                .collectMap(KeyValue::getKey, value -> Args.text(value.getValue())),
                        commands.scard(redis.keys().executionsOf(name)),
                        commands.srandmember(redis.keys().executionsOf(name))
                                .map(member -> Optional.of(Args.text(member)))
                                .defaultIfEmpty(Optional.empty())))
                .filter(found -> !found.getT1().isEmpty() && !found.getT1().containsKey("death"))
                .map(found ->
                        info(name, found.getT1(), found.getT2(), found.getT3().orElse(null)));
    }

    /**
     * Sends a worker a command and emits whether anybody listens under its name. Never sent twice: a second shutdown makes
     * a Python worker kill what it runs.
     */
    public Mono<Boolean> tell(String name, String command) {
        return redis.send(commands ->
                        commands.publish(redis.keys().workerChannel(name), new WorkerCommand(command, null).toJson()))
                .map(listeners -> listeners > 0);
    }

    /** One that died is on the list for a while; and anybody can put anything there. */
    private Flux<WorkerInfo> listed(String list) {
        String start = redis.keys().worker("");
        return redis.readAll(commands -> commands.smembers(list))
                .map(Args::text)
                .filter(key -> key.startsWith(start))
                .map(key -> key.substring(start.length()))
                .sort()
                .flatMapSequential(
                        name -> find(name).onErrorResume(JobException.ServerError.class, odd -> Mono.empty()),
                        LOOKUPS,
                        1);
    }

    private static WorkerInfo info(String name, Map<String, String> hash, long executions, @Nullable String execution) {
        // RQ has the one or, from 3.0 on, the others
        JobId current = jobOf(hash.getOrDefault("current_job", execution == null ? "" : execution));
        String queues = hash.getOrDefault("queues", "");
        return new WorkerInfo(
                name,
                WorkerInfo.State.ofWire(hash.get("state")),
                queues.isEmpty() ? List.of() : List.of(queues.split(",")),
                hash.get("hostname"),
                JobHash.longOrNull(hash.get("pid")),
                hash.get("version"),
                WireTime.read(hash.get("birth")),
                WireTime.read(hash.get("last_heartbeat")),
                executions == 0 && current != null ? 1 : (int) executions,
                current,
                new WorkerInfo.Totals(
                        JobHash.count(hash.get("successful_job_count")),
                        JobHash.count(hash.get("failed_job_count")),
                        worked(hash.get("total_working_time"))));
    }

    private static @Nullable JobId jobOf(String member) {
        String id = member.split(":", 2)[0];
        return Names.isId(id) ? JobId.of(id) : null;
    }

    private static Duration worked(@Nullable String seconds) {
        try {
            double worked = seconds == null ? 0 : Double.parseDouble(seconds);
            return Duration.ofMillis(Math.max(0, Math.round(worked * 1000)));
        } catch (NumberFormatException unreadable) {
            return Duration.ZERO;
        }
    }
}
