package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobEvent.Happened;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What those are told who listen to a queue. */
@ExtendWith(RedisExtension.class)
class EventsIT {

    private JobClient jobs;
    private RawRedis redis;
    private PretendWorker worker;
    private JobQueue queue;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.queue = jobs.queue("q");
    }

    @Test
    void aQueueTellsWhatWorkersDoToItsJobs() {
        enqueue(6);
        Heard heard = Heard.all(queue.events());
        heard.await("missed -1");

        worker.finish(worker.claimOne("q"), "done");
        worker.fail(worker.claimOne("q"), "broken");
        worker.stop(worker.claimOne("q"));
        worker.release(List.of(worker.claimOne("q")), true);
        worker.claimAndDie(1, "q");
        worker.leases().recover("q", 1).blockLast(Eventually.DEADLINE);
        worker.claimAndDie(1, "q");
        worker.leases().recover("q", 1).blockLast(Eventually.DEADLINE);
        worker.claim(2, "q");

        heard.await(("missed -1,started,finished,started,failed,started,stopped,started,released,"
                        + "started,recovered,started,failed,started,started")
                .split(","));
        heard.cancel();
    }

    @Test
    void aQueueTellsWhereNewJobsWaitAndWhatBecomesOfThem() {
        Heard heard = Heard.all(queue.events());
        heard.await("missed -1");

        JobHandle<String> parent = get(queue.enqueue(ECHO, "hello", job -> job.retry(RetryPolicy.times(1))));
        get(queue.enqueue(ECHO, "hello", job -> job.dependsOn(parent.id())));
        JobHandle<String> later = get(queue.enqueue(ECHO, "hello", job -> job.delay(Duration.ofHours(1))));
        get(queue.enqueue(ECHO, "hello", job -> job.limit(RateLimit.concurrency("key", 1))));
        get(queue.enqueue(ECHO, "hello", job -> job.limit(RateLimit.concurrency("key", 1))));
        worker.fail(worker.claimOne("q"), "broken");
        get(later.cancel());

        heard.await("missed -1,queued,deferred,scheduled,queued,limited,started,retried,queued,canceled".split(","));
        heard.cancel();
    }

    @Test
    void aQueueTellsWhatIsDoneToItsJobsFromOutside() {
        List<JobHandle<String>> waiting = enqueue(5);
        Heard heard = Heard.all(queue.events());
        heard.await("missed -1");

        get(waiting.get(0).cancel());
        get(waiting.get(1).delete());
        get(queue.remove(waiting.get(2).id()));
        get(queue.empty());
        get(waiting.get(0).retain(Duration.ZERO));

        heard.await("missed -1", "canceled", "deleted", "deleted", "deleted", "deleted", "deleted");
        assertThat(heard.events().stream().skip(1).map(event -> ((Happened) event).job()))
                .startsWith(
                        waiting.get(0).id(), waiting.get(1).id(), waiting.get(2).id())
                .endsWith(waiting.get(0).id());
        heard.cancel();
    }

    @Test
    void anEventSaysWhichJobAndWhichQueueAndIsNotHandedOutByTheDriver() {
        StepVerifier.create(queue.events()
                        .doOnNext(event ->
                                assertThat(Thread.currentThread().getName()).startsWith("parallel")))
                .expectNextCount(1)
                .then(() -> publish("progress some-job 42 half of it"))
                .assertNext(event -> {
                    Happened progress = (Happened) event;
                    assertThat(progress.job()).isEqualTo(JobId.of("some-job"));
                    assertThat(progress.queue()).isEqualTo("q");
                    assertThat(progress.type()).isEqualTo(JobEvent.Type.PROGRESS);
                    assertThat(progress.detail()).isEqualTo("42 half of it");
                })
                .thenCancel()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void whatOthersPublishOnTheChannelDoesNoHarm() {
        Heard heard = Heard.all(queue.events());
        heard.await("missed -1");

        List.of("", "finished", "finished no:id", " ", "\0", "levitated some-job", "finished some-job")
                .forEach(this::publish);

        heard.await("missed -1", "unknown", "finished");
        heard.cancel();
    }

    @Test
    void allWhoListenToAQueueShareOneChannelAndTheLastOneGivesItUp() {
        JobHandle<String> job = enqueue(1).get(0);
        Heard first = Heard.all(queue.events());
        first.await("missed -1");
        Heard second = Heard.all(jobs.queue("q").events());
        second.await("missed -1");
        assertThat(redis.commands().pubsubNumsub(channel()).get(channel())).isEqualTo(1);

        first.cancel();
        get(job.cancel());
        second.await("missed -1", "canceled");
        second.cancel();

        Eventually.holds(
                () -> assertThat(redis.commands().pubsubChannels(channel())).isEmpty());
        assertThat(redis.ttl("watched")).isBetween(1L, 30L);
        first.await("missed -1");
    }

    @Test
    void comingAndGoingAllTheTimeLosesNobodyAndNothing() {
        List<JobHandle<String>> waiting = enqueue(300);

        for (JobHandle<String> job : waiting) {
            Heard heard = Heard.all(queue.events());
            heard.await("missed -1");
            get(job.cancel());
            heard.await("missed -1", "canceled");
            heard.cancel();
        }
        Eventually.holds(
                () -> assertThat(redis.commands().pubsubChannels(channel())).isEmpty());
    }

    @Test
    void closingTheClientIsTheEndForThoseWhoListen() {
        JobClient own = RedisExtension.connect(redis.prefix());
        Heard heard = Heard.all(own.queue("q").events());
        heard.await("missed -1");

        RedisExtension.close(own);

        heard.awaitError("Closed");
        StepVerifier.create(own.queue("q").events())
                .expectError(JobException.Closed.class)
                .verify(Eventually.DEADLINE);
    }

    private List<JobHandle<String>> enqueue(int count) {
        return get(Flux.range(0, count)
                .concatMap(i -> queue.enqueue(ECHO, "hello"))
                .collectList());
    }

    private void publish(String message) {
        redis.commands().publish(channel(), message);
    }

    private String channel() {
        return redis.key("events:q");
    }
}
