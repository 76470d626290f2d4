package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.job.TypeRef;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(RedisExtension.class)
class ResultIT {

    record Receipt(String number, int copies) {}

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
    }

    @Test
    void isTheValueOfTheTypeThatTheTaskHas() {
        Task<String, Receipt> task = Task.of("tests.buy", String.class, Receipt.class);
        JobHandle<Receipt> job = get(jobs.queue("q").enqueue(task, "book"));
        worker.finish(worker.claimOne("q"), Map.of("number", "7", "copies", 2));

        assertThat(get(job.result())).isEqualTo(new Receipt("7", 2));
        assertThat(get(jobs.job(job.id(), task).result())).isEqualTo(new Receipt("7", 2));
    }

    @Test
    void canBeOfAGenericType() {
        Task<String, List<Receipt>> task =
                Task.of("tests.all", new TypeRef<String>() {}, new TypeRef<List<Receipt>>() {});
        JobHandle<List<Receipt>> job = get(jobs.queue("q").enqueue(task, "book"));
        worker.finish(worker.claimOne("q"), List.of(new Receipt("1", 1), new Receipt("2", 2)));

        assertThat(get(job.result())).containsExactly(new Receipt("1", 1), new Receipt("2", 2));
    }

    @Test
    void isPushedToThoseWhoWait() {
        JobHandle<String> job = worker.enqueue("q");
        AtomicLong finished = new AtomicLong();

        // several times, so that the slow check cannot be what answers each of them
        for (int i = 0; i < 5; i++) {
            JobHandle<String> next = worker.enqueue("q" + i);
            ClaimedJob claim = worker.claimOne("q" + i);
            StepVerifier.create(next.result())
                    .then(() -> awaitListener(next.id()))
                    .then(() -> finished.set(System.nanoTime()))
                    .then(() -> worker.finish(claim, "done"))
                    .expectNext("done")
                    .expectComplete()
                    .verify(Eventually.DEADLINE);
            if (Duration.ofNanos(System.nanoTime() - finished.get()).toMillis() < 300) {
                return;
            }
        }
        throw new AssertionError("five results in turn took as long as the slow check of " + job);
    }

    @Test
    void ofNothingIsPushedAsNothing() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        StepVerifier.create(job.result())
                .then(() -> awaitListener(job.id()))
                .then(() -> worker.finish(claim, null))
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void largerThanAMessageIsReadFromRedis() {
        String large = "x".repeat(900_000);
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        StepVerifier.create(job.result())
                .then(() -> awaitListener(job.id()))
                .then(() -> worker.finish(claim, large))
                .expectNext(large)
                .expectComplete()
                .verify(Eventually.DEADLINE);
        assertThat(get(job.result())).isEqualTo(large);
    }

    @Test
    void ofAFailureIsTheTraceThatTheWorkerRecorded() {
        String trace = "java.lang.IllegalStateException: no paper\n\tat Printer.print(Printer.java:7)";
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        StepVerifier.create(job.result())
                .then(() -> awaitListener(job.id()))
                .then(() -> worker.fail(claim, trace))
                .expectErrorSatisfies(error -> assertFailed(error, job.id(), trace))
                .verify(Eventually.DEADLINE);
        StepVerifier.create(job.result())
                .expectErrorSatisfies(error -> assertFailed(error, job.id(), trace))
                .verify(Eventually.DEADLINE);
    }

    @Test
    void ofAStoppedJobSaysSo() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        StepVerifier.create(job.result())
                .then(() -> awaitListener(job.id()))
                .then(() -> worker.stop(claim))
                .expectError(JobException.JobStopped.class)
                .verify(Eventually.DEADLINE);
        assertThatExceptionOfType(JobException.JobStopped.class).isThrownBy(() -> get(job.result()));
    }

    @Test
    void ofACanceledJobSaysSo() {
        JobHandle<String> job = worker.enqueue("q");

        StepVerifier.create(job.result())
                .then(() -> awaitListener(job.id()))
                .then(() -> get(job.cancel()))
                .expectError(JobException.JobCanceled.class)
                .verify(Eventually.DEADLINE);
        assertThatExceptionOfType(JobException.JobCanceled.class).isThrownBy(() -> get(job.result()));
    }

    @Test
    void ofAJobThatIsDeletedMeanwhileIsNoSuchJob() {
        JobHandle<String> job = worker.enqueue("q");

        StepVerifier.create(job.result())
                .then(() -> awaitListener(job.id()))
                .then(() -> get(job.delete()))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                JobException.NoSuchJob.class,
                                gone -> assertThat(gone.job()).isEqualTo(job.id())))
                .verify(Eventually.DEADLINE);
    }

    @Test
    void ofAJobThatNeverWasIsNoSuchJob() {
        JobHandle<String> job = jobs.job(JobId.of("never"), ECHO);

        assertThatExceptionOfType(JobException.NoSuchJob.class).isThrownBy(() -> get(job.result()));
        assertThatExceptionOfType(JobException.NoSuchJob.class).isThrownBy(() -> get(job.snapshot()));
        assertThatExceptionOfType(JobException.NoSuchJob.class).isThrownBy(() -> get(job.status()));
        assertThatExceptionOfType(JobException.NoSuchJob.class).isThrownBy(() -> get(job.cancel()));
    }

    @Test
    void ofAnotherTypeIsUnreadable() {
        JobHandle<String> job = worker.enqueue("q");
        worker.finish(worker.claimOne("q"), "a text");

        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> get(jobs.job(job.id(), Receipt.class).result()));
    }

    @Test
    void canBeAwaitedAgainAndByMany() {
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        StepVerifier.create(Mono.zip(
                        job.result(), job.result(), jobs.job(job.id(), ECHO).result()))
                .then(() -> awaitListener(job.id()))
                .then(() -> worker.finish(claim, "done"))
                .assertNext(all -> assertThat(all).containsExactly("done", "done", "done"))
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void ofOneOfTwoJobsWithOneChannelLeavesTheOtherHeard() {
        String alike = "0badcafe-0000-8000-8000-00000000000";
        List<JobHandle<String>> both = Stream.of("1", "2")
                .map(last -> get(jobs.queue("q")
                        .enqueue(ECHO, "", job -> job.id(alike + last).resultTtl(Duration.ZERO))))
                .toList();
        List<ClaimedJob> claims = worker.claim(2, "q");
        JobId channel = JobId.of("0badcafe");

        StepVerifier.create(both.get(0).result().mergeWith(both.get(1).result()))
                .then(() -> awaitListener(channel))
                .then(() -> worker.finish(claims.get(0), "first"))
                .expectNext("first")
                .then(() -> worker.finish(claims.get(1), "second"))
                .expectNext("second")
                .expectComplete()
                .verify(Eventually.DEADLINE);
        Eventually.holds(() -> assertThat(redis.listeners(channel)).isZero());
    }

    private void awaitListener(JobId id) {
        Eventually.holds(() -> assertThat(redis.listeners(id)).isEqualTo(1));
    }

    private static void assertFailed(Throwable error, JobId id, String trace) {
        assertThat(error)
                .hasMessageEndingWith("IllegalStateException: no paper")
                .isInstanceOfSatisfying(JobException.JobFailed.class, failed -> {
                    assertThat(failed.job()).isEqualTo(id);
                    assertThat(failed.trace()).isEqualTo(trace);
                });
    }
}
