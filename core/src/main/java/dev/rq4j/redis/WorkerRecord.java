package dev.rq4j.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What others see of a worker.
 *
 * @param name its name
 * @param token random; tells this worker from another of the same name
 * @param queues the queues that it serves
 * @param born when it began
 * @param currentJob one of the jobs that it runs; null when idle
 * @param finished jobs finished since it was recorded last
 * @param failed jobs failed since it was recorded last
 * @param worked time worked since it was recorded last
 */
public record WorkerRecord(
        String name,
        String token,
        List<String> queues,
        Instant born,
        @Nullable String currentJob,
        long finished,
        long failed,
        Duration worked) {

    Map<String, String> fields(String host, String address, String version, Instant now) {
        return Map.of(
                "birth",
                WireTime.shown(born),
                "last_heartbeat",
                WireTime.shown(now),
                "state",
                currentJob == null ? "idle" : "busy",
                "hostname",
                host,
                "ip_address",
                address,
                "pid",
                Long.toString(ProcessHandle.current().pid()),
                "version",
                version,
                "python_version",
                "Java " + Runtime.version());
    }
}
