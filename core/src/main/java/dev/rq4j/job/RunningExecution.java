package dev.rq4j.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An execution that runs. What is absent from the job's hash, or cannot be read, is null.
 *
 * @param execution the execution; its own id is empty where Python RQ before 1.16 runs it, which has none
 * @param worker the name of the worker
 * @param started when it began, by the clock of its worker
 * @param leaseEnd until when its worker must have given a sign of life: what is past has lost its worker
 */
public record RunningExecution(
        Execution execution,
        @Nullable String worker,
        @Nullable Instant started,
        Instant leaseEnd) {}
