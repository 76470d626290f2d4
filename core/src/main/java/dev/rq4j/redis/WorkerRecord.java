package dev.rq4j.redis;

import dev.rq4j.job.Execution;
import dev.rq4j.job.WorkerInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What others see of a worker.
 *
 * @param name its name
 * @param token random; tells this worker from another of the same name
 * @param queues the queues that it serves
 * @param born when it began
 * @param suspended whether it takes no jobs for now
 * @param executions what it runs, at most a thousand
 * @param finished jobs finished since it began
 * @param failed jobs failed since it began
 * @param worked time worked since it began
 */
public record WorkerRecord(
        String name,
        String token,
        List<String> queues,
        Instant born,
        boolean suspended,
        List<Execution> executions,
        long finished,
        long failed,
        Duration worked) {

    /** How many executions are told at most. */
    public static final int MOST_EXECUTIONS = 1000;

    /** Returns one of the jobs that it runs, the one that it has longest; empty when idle. */
    public String currentJob() {
        return executions.isEmpty() ? "" : executions.get(0).job().value();
    }

    private WorkerInfo.State state() {
        if (suspended) {
            return WorkerInfo.State.SUSPENDED;
        }
        return executions.isEmpty() ? WorkerInfo.State.IDLE : WorkerInfo.State.BUSY;
    }

    Map<String, String> fields(String host, String address, String version, Instant now) {
        return Map.of(
                "birth",
                WireTime.shown(born),
                "last_heartbeat",
                WireTime.shown(now),
                "state",
                state().wireName(),
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
