package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

@ExtendWith(RedisExtension.class)
class EnqueueAllIT {

    private static final int BATCH = 256;

    private static final int MOST_UNDER_WAY = 8 * BATCH;

    @Test
    void emitsTheHandlesInTheOrderOfTheRequests(JobClient jobs, RawRedis redis) {
        List<String> ids = jobs.queue("q")
                .enqueueAll(requests(2000))
                .map(job -> job.id().value())
                .collectList()
                .block(Eventually.DEADLINE);

        assertThat(ids).hasSize(2000).isEqualTo(redis.queue("q"));
        assertThat(redis.payload(JobId.of(ids.get(1234)))).contains("job 1234");
    }

    @Test
    void nothingToEnqueueIsNothingSent(JobClient jobs, RawRedis redis) {
        StepVerifier.create(jobs.queue("q").enqueueAll(Flux.empty())).verifyComplete();

        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void aSlowSourceIsNotKeptWaitingForAFullBatch(JobClient jobs) {
        TestPublisher<JobRequest<String>> source = TestPublisher.create();

        StepVerifier.create(jobs.queue("q").enqueueAll(source))
                .then(() -> source.next(ECHO.request("one")))
                .expectNextCount(1)
                .then(() -> source.next(ECHO.request("two"), ECHO.request("three")))
                .expectNextCount(2)
                .then(source::complete)
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void whatAPublisherGaveBeforeItFailedIsEnqueued(JobClient jobs, RawRedis redis) {
        StepVerifier.create(jobs.queue("q")
                        .enqueueAll(Flux.concat(requests(1000), Mono.error(new IllegalStateException("broken")))))
                .expectNextCount(1000)
                .expectErrorMessage("broken")
                .verify(Eventually.DEADLINE);

        assertThat(redis.queue("q")).hasSize(1000);
    }

    @Test
    void takesNoMoreThanEightBatchesAheadOfWhatItEmitted(JobClient jobs) {
        AtomicLong requested = new AtomicLong();
        AtomicLong emitted = new AtomicLong();
        AtomicLong most = new AtomicLong();
        Flux<JobRequest<String>> source = requests(5000).doOnRequest(n -> {
            long ahead = requested.addAndGet(n) - emitted.get();
            most.accumulateAndGet(ahead, Math::max);
        });

        StepVerifier.create(jobs.queue("q").enqueueAll(source).doOnNext(job -> emitted.incrementAndGet()))
                .expectNextCount(5000)
                .expectComplete()
                .verify(Eventually.DEADLINE);

        assertThat(most).hasValueLessThanOrEqualTo(MOST_UNDER_WAY);
    }

    @Test
    void stopsTakingWhenNobodyTakesTheHandles(JobClient jobs, RawRedis redis) {
        AtomicLong requested = new AtomicLong();
        Flux<JobRequest<String>> source = requests(100_000).doOnRequest(requested::addAndGet);

        StepVerifier.create(jobs.queue("q").enqueueAll(source), 0)
                .then(() -> Eventually.holds(() -> assertThat(requested).hasPositiveValue()))
                .thenRequest(3)
                .expectNextCount(3)
                .then(() -> Eventually.holds(() -> assertThat(redis.queue("q")).isNotEmpty()))
                .thenCancel()
                .verify(Eventually.DEADLINE);

        assertThat(requested).hasValueLessThanOrEqualTo(MOST_UNDER_WAY);
        assertThat(redis.queue("q")).as("what was emitted, and one batch").hasSizeLessThanOrEqualTo(3 + BATCH);
    }

    /** A batch is smaller where the next job does not come in time; how many are in the queue says what was sent. */
    @Test
    void writesTheNextBatchesWhileOneIsUnderWayButNoMoreThanTwo(JobClient jobs, RawRedis redis) {
        AtomicLong written = new AtomicLong();
        Task<Noting, String> noting = Task.of("noting", Noting.class, String.class);
        Flux<JobRequest<String>> source = Flux.range(0, 100_000).map(i -> noting.request(new Noting(written)));

        StepVerifier.create(jobs.queue("q").enqueueAll(source), 1)
                .expectNextCount(1)
                .then(() -> Eventually.holds(() ->
                        assertThat(written).hasValueGreaterThan(redis.queue("q").size())))
                .thenRequest(10)
                .expectNextCount(10)
                .then(() -> assertThat(written.get())
                        .isLessThanOrEqualTo(redis.queue("q").size() + 2 * BATCH))
                .thenCancel()
                .verify(Eventually.DEADLINE);
    }

    /** Of what is written at a moment, all but the last batch has been sent, wherever one batch ends. */
    @Test
    void sendsABatchBeforeItWritesTheNext(JobClient jobs, RawRedis redis) {
        Task<Looking, String> looking = Task.of("looking", Looking.class, String.class);
        AtomicLong written = new AtomicLong();
        Runnable look = () -> {
            int sent = (int) written.incrementAndGet() - BATCH;
            Eventually.holds(() -> assertThat(redis.queue("q")).hasSizeGreaterThanOrEqualTo(sent));
        };
        List<JobRequest<String>> requests = Collections.nCopies(4 * BATCH, looking.request(new Looking(look)));

        StepVerifier.create(jobs.queue("q").enqueueAll(Flux.fromIterable(requests)))
                .expectNextCount(4 * BATCH)
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    /** Does something when it is written. */
    static final class Looking {
        private final Runnable look;

        Looking(Runnable look) {
            this.look = look;
        }

        public boolean isSeen() {
            look.run();
            return true;
        }
    }

    /** Counts how often it is written. */
    record Noting(AtomicLong written) {
        @Override
        public AtomicLong written() {
            written.incrementAndGet();
            return written;
        }
    }

    @Test
    void sendsThousandsInAFewSteps() {
        try (EmbeddedRedis server = EmbeddedRedis.start();
                RawRedis redis = new RawRedis(server.uri(), "rq")) {
            JobClient jobs = JobClient.connect(server.uri());

            jobs.queue("q").enqueueAll(requests(5120)).blockLast(Eventually.DEADLINE);

            assertThat(redis.queue("q")).hasSize(5120);
            assertThat(scriptCalls(redis)).isBetween(20L, 60L);
            RedisExtension.close(jobs);
        }
    }

    @Test
    void splitsABatchThatIsLargerThanAMegabyte() {
        try (EmbeddedRedis server = EmbeddedRedis.start();
                RawRedis redis = new RawRedis(server.uri(), "rq")) {
            JobClient jobs = JobClient.connect(server.uri());
            Flux<JobRequest<String>> large = Flux.range(0, 10).map(i -> ECHO.request(incompressible(i, 600_000)));

            List<String> ids = jobs.queue("q")
                    .enqueueAll(large)
                    .map(job -> job.id().value())
                    .collectList()
                    .block(Eventually.DEADLINE);

            assertThat(ids).hasSize(10).isEqualTo(redis.queue("q"));
            assertThat(scriptCalls(redis)).isGreaterThanOrEqualTo(3);
            RedisExtension.close(jobs);
        }
    }

    @Test
    void theFirstErrorEndsIt(JobClient jobs, RawRedis redis) {
        List<JobHandle<?>> before = new ArrayList<>();
        Flux<JobRequest<String>> source = Flux.concat(
                requests(300),
                Mono.just(ECHO.request("", job -> job.id("twice"))),
                requests(300),
                Mono.just(ECHO.request("", job -> job.id("twice"))),
                requests(10_000));

        StepVerifier.create(jobs.queue("q").enqueueAll(source).doOnNext(before::add))
                .thenConsumeWhile(job -> true)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.DuplicateJob.class)
                        .hasMessageContaining("twice"))
                .verify(Eventually.DEADLINE);

        assertThat(before).hasSizeGreaterThanOrEqualTo(256);
        assertThat(redis.queue("q"))
                .containsAll(before.stream().map(job -> job.id().value()).toList())
                .hasSizeLessThan(1500);
    }

    @Test
    void anErrorOfTheSourceIsSignalledAfterWhatCameBefore(JobClient jobs, RawRedis redis) {
        TestPublisher<JobRequest<String>> source = TestPublisher.create();

        StepVerifier.create(jobs.queue("q").enqueueAll(source))
                .then(() -> source.next(ECHO.request("one")))
                .expectNextCount(1)
                .then(() -> source.error(new IllegalStateException("dry")))
                .expectErrorMessage("dry")
                .verify(Eventually.DEADLINE);

        assertThat(redis.queue("q")).hasSize(1);
    }

    @Test
    void aRequestThatCannotBeWrittenEndsItAfterTheBatchesBefore(JobClient jobs, RawRedis redis) {
        List<String> before = new ArrayList<>();
        Flux<JobRequest<String>> source =
                Flux.concat(requests(4 * BATCH), Mono.just(ECHO.request("x".repeat(2 << 20))), requests(4 * BATCH));

        StepVerifier.create(
                        jobs.queue("q").enqueueAll(source).map(job -> job.id().value()))
                .recordWith(() -> before)
                .expectNextCount(4 * BATCH)
                .expectError(JobException.TooLarge.class)
                .verify(Eventually.DEADLINE);

        assertThat(redis.queue("q")).isEqualTo(before);
    }

    @Test
    void aRequestThatCannotBeWrittenIsSignalledAsSuch(JobClient jobs) {
        StepVerifier.create(jobs.queue("q").enqueueAll(Mono.just(ECHO.request("x".repeat(2 << 20)))))
                .expectError(JobException.TooLarge.class)
                .verify(Eventually.DEADLINE);
    }

    private static Flux<JobRequest<String>> requests(int count) {
        return Flux.range(0, count).map(i -> ECHO.request("job " + i));
    }

    private static long scriptCalls(RawRedis redis) {
        Matcher calls = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)")
                .matcher(redis.commands().info("commandstats"));
        return calls.results().mapToLong(call -> Long.parseLong(call.group(1))).sum();
    }

    private static String incompressible(long seed, int length) {
        return new Random(seed)
                .ints(length, 'a', 'z')
                .collect(StringBuilder::new, (text, letter) -> text.append((char) letter), StringBuilder::append)
                .toString();
    }
}
