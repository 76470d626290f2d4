package dev.rq4j;

import dev.rq4j.job.JobId;
import dev.rq4j.redis.Engine;
import java.lang.reflect.Type;
import reactor.core.publisher.Mono;

/** Awaits a job while it is being enqueued. */
final class ResultOfRequest {

    private ResultOfRequest() {}

    /** Awaits the job of this id, or the existing one that the answer to the request names instead. */
    static <O> Mono<O> await(Engine engine, JobId id, Type output, Mono<JobId> enqueue) {
        Mono<JobId> mine =
                enqueue.flatMap(found -> found.equals(id) ? Mono.just(id) : Mono.error(new Elsewhere(found)));
        return engine.outcomes()
                .await(id, mine)
                .flatMap(outcome -> outcome.<O>result(id, output, engine.codec()))
                .onErrorResume(Elsewhere.class, other -> new JobHandle<O>(engine, other.id, output).result());
    }

    /** Takes the place of a wait for a job that was not made. */
    private static final class Elsewhere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final JobId id;

        private Elsewhere(JobId id) {
            super("job " + id, null, false, false);
            this.id = id;
        }
    }
}
