package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RateLimit;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What the key of a limit holds back, and what it has let through. */
@ExtendWith(RedisExtension.class)
class JobLimitIT {

    private static final RateLimit TWO_AT_ONCE = RateLimit.concurrency("k", 2);
    private static final RateLimit ONE_AN_HOUR = RateLimit.rate("k", 1, Duration.ofHours(1));

    private JobClient jobs;
    private Kin kin;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.kin = new Kin(jobs, redis);
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void aLimitOfJobsAtOnceShowsWhoWaitsAndWhoIsLetThroughInTheirOrder() {
        for (String id : List.of("a", "b", "c")) {
            kin.enqueue(id, job -> job.limit(TWO_AT_ONCE));
        }
        kin.enqueueTo("other", "d", job -> job.limit(TWO_AT_ONCE));
        JobLimit limit = jobs.limit(TWO_AT_ONCE);

        assertThat(list(limit.waiting())).containsExactly(ids("c", "d"));
        assertThat(list(limit.admitted())).containsExactly(ids("a", "b"));
        assertThat(get(limit.size())).isEqualTo(2);
        assertThat(list(limit.jobs())).extracting(Job::queue).containsExactly("q", "other");

        kin.finish("a");
        assertThat(list(limit.waiting())).containsExactly(ids("d"));
        assertThat(list(limit.admitted())).containsExactly(ids("b", "c"));
    }

    @Test
    void aLimitOfStartsInAPeriodShowsWhoWaitsForATurn() {
        for (String id : List.of("a", "b", "c")) {
            kin.enqueue(id, job -> job.limit(ONE_AN_HOUR));
        }
        worker.claim(3, "q");
        JobLimit limit = jobs.limit(ONE_AN_HOUR);

        assertThat(list(limit.waiting())).containsExactly(ids("b", "c"));
        assertThat(get(limit.size())).isEqualTo(2);
        assertThat(get(jobs.limit(TWO_AT_ONCE).size()))
                .as("another kind of the same key")
                .isZero();
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> list(limit.admitted()))
                .withMessageContaining("only a limit of jobs at once");
    }

    @Test
    void aKeyThatNobodyUsesHoldsNothingBack() {
        JobLimit limit = jobs.limit(TWO_AT_ONCE);

        assertThat(list(limit.waiting())).isEmpty();
        assertThat(list(limit.admitted())).isEmpty();
        assertThat(list(limit.jobs())).isEmpty();
        assertThat(get(limit.size())).isZero();
    }

    @Test
    void aLongLineIsReadPageByPageAsItIsAskedFor() {
        jobs.queue("q")
                .enqueueAll(Flux.range(0, 1100)
                        .map(i -> ECHO.request("", job -> job.id("j" + i).limit(RateLimit.concurrency("k", 1)))))
                .blockLast(Eventually.DEADLINE);

        StepVerifier.create(jobs.limit(TWO_AT_ONCE).waiting(), 1)
                .expectNext(JobId.of("j1"))
                .thenCancel()
                .verify(Eventually.DEADLINE);
        assertThat(list(jobs.limit(TWO_AT_ONCE).waiting()))
                .containsExactlyElementsOf(IntStream.range(1, 1100)
                        .mapToObj(i -> JobId.of("j" + i))
                        .toList());
    }

    private static <T> List<T> list(Flux<T> flux) {
        return flux.collectList().block(Eventually.DEADLINE);
    }
}
