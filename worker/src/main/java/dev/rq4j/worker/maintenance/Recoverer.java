package dev.rq4j.worker.maintenance;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Recovered;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Brings back the jobs of workers that died. */
public final class Recoverer {

    /** How long to wait between two looks. */
    public static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Recoverer.class);

    private final LeaseStore store;
    private final List<String> queues;
    private final int maxRecoveries;
    private final Function<ClaimedJob, Mono<Void>> told;

    /** Looks after these queues, and tells the last of these of jobs that have failed and whose end is to be told. */
    public Recoverer(LeaseStore store, List<String> queues, int maxRecoveries, Function<ClaimedJob, Mono<Void>> told) {
        this.store = store;
        this.queues = queues;
        this.maxRecoveries = maxRecoveries;
        this.told = told;
    }

    /** Looks once, batch by batch until nothing is left. */
    public Mono<Void> recover() {
        return Flux.fromIterable(queues)
                .concatMap(queue -> store.recover(queue, maxRecoveries)
                        .doOnNext(found -> tell(queue, found))
                        .concatMapIterable(Recovered::failed)
                        .concatMap(job -> mourn(queue, job)))
                .then();
    }

    /** The job has failed in a step of its own: a worker that dies before this has told nobody. */
    private Mono<Void> mourn(String queue, String job) {
        return Mono.defer(() -> store.remains(new Execution(JobId.of(job), "", queue)))
                .flatMap(told)
                .onErrorResume(error -> {
                    LOG.warn("could not tell of the end of job {}", job, error);
                    return Mono.empty();
                });
    }

    private static void tell(String queue, Recovered found) {
        if (!found.queued().isEmpty()) {
            LOG.warn("queued again in {}, since their worker died: {}", queue, found.queued());
        }
        if (!found.failed().isEmpty()) {
            LOG.warn("failed in {} as abandoned, since their workers died too often: {}", queue, found.failed());
        }
    }
}
