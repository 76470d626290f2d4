package dev.rq4j.redis;

import dev.rq4j.job.Execution;
import dev.rq4j.job.Retention;
import java.time.Instant;

/**
 * An execution that has ended and is to be settled.
 *
 * @param execution the execution
 * @param worker the name of the worker
 * @param started when it began
 * @param ended when it ended
 */
public record Attempt(Execution execution, String worker, Instant started, Instant ended) {

    /** Adds what every script that ends an attempt is told first. */
    Args addTo(Args args, Retention retention) {
        return args.add(execution)
                .add(worker)
                .add(WireTime.seconds(started))
                .add(WireTime.seconds(ended))
                .add(retention.seconds());
    }
}
