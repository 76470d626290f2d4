package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

/** What those are told who follow one job. */
@ExtendWith(RedisExtension.class)
class JobEventsIT {

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
    void itBeginsWithWhereTheJobIsAndCompletesWithItsEnd() {
        JobHandle<String> job = worker.enqueue("q");
        JobHandle<String> other = worker.enqueue("q");
        Heard heard = Heard.all(job.events());
        heard.await("queued");

        worker.release(List.of(worker.claimOne("q")), true);
        ClaimedJob claim = worker.claimOne("q");
        publish("q", "progress " + job.id() + " 50");
        publish("q", "progress " + job.id() + " 60");
        get(other.cancel());
        worker.fail(claim, "broken");

        heard.awaitEnd("queued", "started", "released", "started", "progress", "progress", "failed");
        Eventually.holds(() -> assertThat(heardChannels()).isEmpty());
    }

    @Test
    void manyFollowManyJobsAtATime() {
        List<JobHandle<String>> handles =
                IntStream.range(0, 50).mapToObj(i -> worker.enqueue("q")).toList();
        List<Heard> all = handles.stream()
                .flatMap(job -> IntStream.range(0, 3).mapToObj(i -> Heard.all(job.events())))
                .toList();
        all.forEach(heard -> heard.await("queued"));

        worker.claim(50, "q").forEach(claim -> worker.finish(claim, "done"));

        all.forEach(heard -> heard.awaitEnd("queued", "started", "finished"));
    }

    @Test
    void aJobThatHasEndedTellsThatAndOneThatIsNotThereIsAnError() {
        JobHandle<String> job = worker.enqueue("q");
        get(job.cancel());

        Heard.all(job.events()).awaitEnd("canceled");
        StepVerifier.create(jobs.job(JobId.of("nobody"), ECHO).events())
                .expectErrorSatisfies(error -> assertThat(error).isInstanceOf(JobException.NoSuchJob.class))
                .verify(Eventually.DEADLINE);
    }

    @Test
    void theEndOfAJobThatKeepsNothingIsToldAsWhatItWas() {
        for (int i = 0; i < 30; i++) {
            JobHandle<String> job =
                    get(jobs.queue("q").enqueue(ECHO, "hello", options -> options.resultTtl(Retention.none())));
            ClaimedJob claim = worker.claimOne("q");
            Heard heard = Heard.all(job.events());
            heard.await("started");

            worker.finish(claim, "done");

            heard.awaitEnd("started", "finished");
        }
    }

    @Test
    void whatNobodyTellsIsFoundByLooking() {
        JobHandle<String> job = worker.enqueue("q");
        String key = redis.key("job:" + job.id());
        Heard heard = Heard.all(job.events());
        heard.await("queued");

        redis.commands().hset(key, "status", "started");
        heard.await("queued", "started");
        redis.commands().hset(key, "status", "levitating");
        heard.await("queued", "started", "unknown");
        redis.commands().hset(key, "status", "scheduled");
        heard.await("queued", "started", "unknown", "scheduled");
        redis.commands().del(key);

        heard.awaitEnd("queued", "started", "unknown", "scheduled", "deleted");
    }

    @Test
    void aJobIsFollowedToAnotherQueue() {
        JobHandle<String> job = worker.enqueue("q");
        Heard heard = Heard.all(job.events());
        heard.await("queued");

        get(jobs.engine().moves().move(job.id(), "other", false));
        heard.await("queued", "moved", "missed -1");
        worker.finish(worker.claimOne("other"), "done");

        heard.awaitEnd("queued", "moved", "missed -1", "started", "finished");
        Eventually.holds(() -> assertThat(heardChannels()).isEmpty());
    }

    @Test
    void aJobThatIsTriedAgainHasNotEnded() {
        JobHandle<String> job =
                get(jobs.queue("q").enqueue(ECHO, "hello", options -> options.retry(RetryPolicy.times(1))));
        Heard heard = Heard.all(job.events());
        heard.await("queued");

        worker.fail(worker.claimOne("q"), "broken");
        worker.finish(worker.claimOne("q"), "done");

        heard.awaitEnd("queued", "started", "retried", "queued", "started", "finished");
    }

    @Test
    void aJobThatIsRepeatedHasNotEnded() {
        JobHandle<String> job = get(jobs.queue("q")
                .enqueue(
                        ECHO, "hello", options -> options.repeat(Repeat.times(1).every(Duration.ZERO))));
        Heard heard = Heard.all(job.events());
        heard.await("queued");

        worker.finish(worker.claimOne("q"), "done");
        worker.finish(worker.claimOne("q"), "done again");

        heard.awaitEnd("queued", "started", "queued", "started", "finished");
    }

    @Test
    void aJobThatNobodyStartsInTimeExpires() {
        JobHandle<String> job =
                get(jobs.queue("q").enqueue(ECHO, "hello", options -> options.ttl(Duration.ofSeconds(1))));
        Heard heard = Heard.all(job.events());
        heard.await("queued");

        Eventually.holds(() -> {
            jobs.engine().times().expire().block(Eventually.DEADLINE);
            assertThat(redis.keysOf(job.id())).isEmpty();
        });

        heard.awaitEnd("queued", "expired");
    }

    @Test
    void whoIsNotInterestedAnyMoreIsForgotten() {
        Heard heard = Heard.all(worker.enqueue("q").events());
        heard.await("queued");

        heard.cancel();

        Eventually.holds(() -> assertThat(heardChannels()).isEmpty());
    }

    @Test
    void closingTheClientIsTheEndForThoseWhoFollow() {
        JobHandle<String> job = worker.enqueue("q");
        JobClient own = RedisExtension.connect(redis.prefix());
        Heard heard = Heard.all(own.job(job.id(), ECHO).events());
        heard.await("queued");

        RedisExtension.close(own);

        heard.awaitError("Closed");
    }

    private void publish(String queue, String message) {
        redis.commands().publish(redis.key("events:" + queue), message);
    }

    private List<String> heardChannels() {
        return redis.commands().pubsubChannels(redis.key("events:*"));
    }
}
