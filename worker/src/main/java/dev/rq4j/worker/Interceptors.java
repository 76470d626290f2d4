package dev.rq4j.worker;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.redis.Settled;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The interceptors of a worker.
 *
 * @param all the first is the outermost
 */
record Interceptors(List<JobInterceptor> all) {

    static final Interceptors NONE = new Interceptors(List.of());

    private static final Logger LOG = LoggerFactory.getLogger(Interceptors.class);

    /** Returns the work with all of them around it. */
    Mono<?> around(JobContext job, Mono<?> work) {
        Mono<?> wrapped = work;
        for (int i = all.size() - 1; i >= 0; i--) {
            wrapped = around(all.get(i), job, wrapped);
        }
        return wrapped;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Tells all of them, the innermost first, whatever they throw. */
    void tell(JobContext job, Ending ending, Settled settled) {
        RunEnd end = new RunEnd(
                settled.isWritten() ? ending.how() : RunEnd.How.LOST,
                settled.isWritten() && ending instanceof Ending.Failed failed ? failed.error() : null,
                settled.isToRunAgain());
        for (int i = all.size() - 1; i >= 0; i--) {
            try {
                all.get(i).ended(job, end);
            } catch (RuntimeException | LinkageError | StackOverflowError thrown) {
                LOG.warn("an interceptor could not be told that {} ended: {}", job, ErrorText.withoutData(thrown));
            }
        }
    }

    private static <O> Mono<O> around(JobInterceptor interceptor, JobContext job, Mono<O> work) {
        return Guard.of("interceptor", () -> interceptor.intercept(job, work));
    }
}
