package dev.rq4j.worker.maintenance;

import dev.rq4j.job.Finding;
import dev.rq4j.job.JobException;
import dev.rq4j.redis.AuditStore;
import dev.rq4j.redis.Engine;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Once an hour mends what Python lost or left in all queues, one worker for all. It walks all keys of Redis, in small steps
 * with a rest after each, so that jobs hardly wait for it. That takes as long as it takes, so it holds up no
 * other duty; should it take more than an hour, a second one joins it, and what one has mended the other leaves alone.
 */
public final class Auditor {

    /** How long to wait between two looks whether the hour is over. */
    public static final Duration PAUSE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Auditor.class);
    private static final Duration AUDIT_PAUSE = Duration.ofHours(1);
    /** It looks at all keys, one after the other, and could keep Redis busy for minutes. */
    private static final Duration REST = Duration.ofMillis(10);
    /** How many findings of one audit are logged one by one. */
    private static final int MOST_TOLD = 20;

    /**
     * What is mended only when somebody asks for it. How long Python keeps what nobody gave a time to live is its own matter;
     * and nothing in Redis tells a job that was lost from one that somebody took off its queue with RQ, or that RQ runs in
     * the process that made it: such a job would run though it should not, or twice.
     */
    private static final Set<Finding.Kind> LEFT_TO_PEOPLE =
            Set.of(Finding.Kind.KEPT_FOR_EVER, Finding.Kind.IN_NO_PLACE, Finding.Kind.WITHOUT_LEASE);

    private final Engine engine;
    private final AuditStore audits;

    /** Looks after the whole namespace. */
    public Auditor(Engine engine) {
        this.engine = engine;
        this.audits = engine.audits().resting(REST);
    }

    /** Audits and mends, if nobody has within the hour. */
    public Mono<Void> round() {
        return engine.times().turn("audit", AUDIT_PAUSE).flatMap(mine -> mine ? audit() : Mono.empty());
    }

    private Mono<Void> audit() {
        return audits.audit()
                .filter(finding -> !LEFT_TO_PEOPLE.contains(finding.kind()))
                .concatMap(this::mend, 1)
                .index()
                .doOnNext(mended -> {
                    if (mended.getT1() < MOST_TOLD) {
                        LOG.warn("mended: {}", mended.getT2());
                    }
                })
                .count()
                .filter(count -> count >= MOST_TOLD)
                .doOnNext(count -> LOG.warn("mended {} things in all", count))
                .then();
    }

    /** What cannot be mended keeps nothing else from being mended. */
    private Mono<Finding> mend(Finding finding) {
        return audits.repair(finding)
                .filter(mended -> mended)
                .map(mended -> finding)
                .onErrorResume(JobException.ServerError.class, error -> {
                    LOG.warn("cannot mend {}: {}", finding, error.toString());
                    return Mono.empty();
                });
    }
}
