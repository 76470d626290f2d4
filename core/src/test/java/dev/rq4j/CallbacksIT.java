package dev.rq4j;

import static dev.rq4j.Kin.ids;
import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs that run when another has ended in one way. */
@ExtendWith(RedisExtension.class)
class CallbacksIT {

    private RawRedis redis;
    private PretendWorker worker;
    private Kin kin;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.worker = new PretendWorker(jobs);
        this.kin = new Kin(jobs, redis);
    }

    @Test
    void theOneForSuccessRunsAndTheOthersVanish() {
        kin.enqueue("parent", this::withAllThree);
        assertThat(redis.commands().zcard(redis.key("deferred:q"))).isEqualTo(2);
        assertThat(redis.commands().zcard(redis.key("deferred:alarms"))).isEqualTo(1);

        kin.finish("parent");

        ran("success");
        assertThat(kin.traces("job:parent", "results:parent")).isEmpty();
    }

    @Test
    void theOneForFailureRunsInItsQueueAndTheOthersGoWithTheJob() {
        kin.enqueue("parent", this::withAllThree);

        kin.fail("parent");
        assertThat(kin.queued()).isEmpty();
        ClaimedJob failure = worker.claimOne("alarms");
        assertThat(failure.description()).isEqualTo("failure");
        worker.finish(failure, null);
        get(kin.job("parent").delete());

        assertThat(kin.traces()).isEmpty();
    }

    @Test
    void theOneForAStopRuns() {
        kin.enqueue("parent", this::withAllThree);

        kin.stop("parent");

        ran("stopped");
    }

    @Test
    void ofAJobThatWasCanceledNoneRuns() {
        kin.enqueue("parent", this::withAllThree);

        get(kin.job("parent").cancel());
        assertThat(kin.queued()).isEmpty();
        get(kin.job("parent").delete());

        assertThat(kin.traces()).isEmpty();
    }

    @Test
    void ofAJobThatKeepsNothingNothingIsLeft() {
        kin.enqueue("parent", job -> {
            withAllThree(job);
            job.resultTtl(Duration.ZERO).failureTtl(Duration.ZERO);
        });

        kin.fail("parent");
        worker.finish(worker.claimOne("alarms"), null);

        assertThat(kin.traces()).isEmpty();
    }

    @Test
    void whenAFailedJobIsNoLongerKeptThoseThatWaitGoWithIt() {
        kin.enqueue("parent", job -> {
            withAllThree(job);
            job.failureTtl(Duration.ofSeconds(1));
        });
        kin.fail("parent");
        worker.finish(worker.claimOne("alarms"), null);
        assertThat(kin.traces("job:parent")).isNotEmpty();

        Eventually.holds(() -> {
            kin.tellTheRest();
            assertThat(kin.traces()).isEmpty();
        });
    }

    @Test
    void aJobThatIsQueuedAgainAndFinishesHasItsSuccess() {
        kin.enqueue("parent", this::withAllThree);
        kin.fail("parent");

        kin.job("parent").requeue().block();
        kin.finish("parent");

        ran("success");
    }

    @Test
    void aJobThatIsTriedAgainHasNotFailed() {
        kin.enqueue("parent", job -> {
            withAllThree(job);
            job.retry(RetryPolicy.times(1));
        });

        kin.fail("parent");
        assertThat(redis.queue("alarms")).isEmpty();
        kin.fail("parent");

        assertThat(redis.queue("alarms")).hasSize(1);
    }

    @Test
    void callbacksHaveCallbacks() {
        kin.enqueue(
                "parent",
                job -> job.onSuccess(request(
                        "first",
                        first -> first.onFailure(
                                        request("second", second -> second.onSuccess(request("third", d -> {}))))
                                .onSuccess(request("never", d -> {})))));

        kin.finish("parent");
        ClaimedJob first = worker.claimOne("q");
        assertThat(first.description()).isEqualTo("first");
        worker.fail(first, "broken");

        ran("second");
        ran("third");
    }

    @Test
    void aCallbackMayWaitForOthersToo() {
        kin.enqueue("parent", job -> job.atFront());
        kin.enqueue("other");
        kin.enqueue("third", job -> job.atFront().onSuccess(request("callback", own -> own.dependsOn(ids("other")))));

        kin.finish("third");
        kin.finish("parent");
        assertThat(kin.queued()).containsExactly("other");
        kin.fail("other");

        ran("callback");
    }

    @Test
    void aCallbackDoesNotRunSinceAnotherOfItsParentsHasEnded() {
        kin.enqueueTo("elsewhere", "other", job -> {});
        kin.enqueue("parent", job -> job.onSuccess(request("callback", own -> own.dependsOn(ids("other")))));
        kin.fail("parent");

        worker.finish(worker.claimOne("elsewhere"), "done");

        assertThat(kin.queued()).isEmpty();
        kin.job("parent").requeue().block();
        kin.finish("parent");
        ran("callback");
    }

    @Test
    void callbacksOfAJobThatIsRefusedAreNotMade() {
        kin.enqueue("parent");

        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> kin.enqueue("parent", this::withAllThree));

        assertThat(kin.traces("job:parent")).isEmpty();
    }

    @Test
    void callbacksOfAJobThatIsCalledOffAtOnceWaitForItOrAreNotMade() {
        kin.enqueue("failed");
        kin.fail("failed");
        kin.enqueue("kept", job -> {
            withAllThree(job);
            job.dependsOn(Dependency.on(ids("failed")).cancelOnFailure());
        });
        assertThat(kin.status("kept")).isEqualTo(JobStatus.CANCELED);
        assertThat(kin.dependents("kept")).hasSize(3);
        get(kin.job("kept").delete());

        kin.enqueue("gone", job -> {
            withAllThree(job);
            job.dependsOn(Dependency.on(ids("failed")).cancelOnFailure()).failureTtl(Retention.none());
        });

        assertThat(kin.traces("job:failed", "results:failed")).isEmpty();
        assertThat(kin.queued()).isEmpty();
    }

    @Test
    void hundredsOfCallbacksRunOnceEach() {
        kin.enqueue("parent", job -> {
            for (int i = 0; i < 256; i++) {
                job.onSuccess(request("callback", d -> {}));
            }
        });

        kin.finish("parent");
        kin.tellTheRest();

        assertThat(kin.queued()).hasSize(256);
    }

    private void withAllThree(JobOptions.Builder job) {
        job.onSuccess(request("success", d -> {}))
                .onFailure("alarms", request("failure", d -> {}))
                .onStopped(request("stopped", d -> {}));
    }

    private static JobRequest<String> request(String description, Consumer<JobOptions.Builder> change) {
        return ECHO.request(
                "", job -> change.accept(job.description(description).resultTtl(Duration.ZERO)));
    }

    /** Claims and finishes the one job in the queue, which must be this one. */
    private void ran(String description) {
        ClaimedJob claim = worker.claimOne("q");
        assertThat(claim.description()).isEqualTo(description);
        worker.finish(claim, null);
    }
}
