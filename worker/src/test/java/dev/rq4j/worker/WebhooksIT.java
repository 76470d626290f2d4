package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.JobHandle;
import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.codec.RawCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import dev.rq4j.job.TypeRef;
import dev.rq4j.job.Webhook;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.worker.Receiver.Call;
import dev.rq4j.worker.testing.TestWorker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Webhooks, from the end of a job to a receiver that is away for a while. */
class WebhooksIT extends Scene {

    private static final String SECRET = "a canary in the coal mine";
    /** Machines that run tests are slow and shared. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** After each call that fails, in seconds, a fifth more or less. */
    private static final List<Integer> PAUSES = List.of(1, 4, 16, 60, 300);
    /** Half of it is longer than a test takes. */
    private static final int LONG = 60;

    private final Receiver receiver = new Receiver();

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void aJobThatFinishesIsToldAsPythonTells() {
        JobHandle<String> job =
                enqueue("x", options -> options.webhook(finished().header("X-Shop", "7")));
        Instant before = Instant.now().minusSeconds(1);

        assertThat(drain(worker())).isEqualTo(2);

        Call call = onlyCall();
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.header("x-shop")).isEqualTo("7");
        Map<String, String> body = body(call);
        assertThat(body.keySet()).containsExactly("job_id", "func_name", "status", "enqueued_at", "ended_at");
        assertThat(body)
                .containsEntry("job_id", job.id().value())
                .containsEntry("func_name", "tests.act")
                .containsEntry("status", "finished");
        assertThat(body.get("enqueued_at")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+00:00");
        assertThat(OffsetDateTime.parse(body.get("ended_at")).toInstant())
                .isBetween(before, Instant.now().plusSeconds(1));
    }

    @Test
    void aJobThatFailsForGoodIsToldOnceWithTheReason() {
        JobHandle<String> job = enqueue(
                "fail",
                options -> options.retry(RetryPolicy.times(2)).webhook(failed()).webhook(finished()));

        assertThat(drain(worker())).isEqualTo(2);

        assertThat(script.started()).hasSize(3);
        Map<String, String> body = body(onlyCall());
        assertThat(body.keySet())
                .containsExactly("job_id", "func_name", "status", "enqueued_at", "ended_at", "exc_info");
        assertThat(body)
                .containsEntry("status", "failed")
                .containsEntry("job_id", job.id().value());
        assertThat(body.get("exc_info")).isEqualTo(trace(job)).contains("java.io.IOException: broken on purpose");
    }

    @Test
    void aJobThatAsksTooOftenForAnotherAttemptHasFailed() {
        enqueue("x", options -> options.webhook(failed()));

        drain(worker(jobs).handle(ACT, (act, job) -> job.retry(RetryPolicy.times(1))));

        assertThat(body(onlyCall()).get("exc_info")).contains("asked for another attempt");
    }

    @Test
    void aRepetitionIsToldWhenTheLastHasFinished() {
        enqueue("x", options -> options.webhook(finished()).repeat(Repeat.times(2)));

        drain(worker());

        assertThat(script.started()).hasSize(3);
        onlyCall();
    }

    @Test
    void aJobThatCannotBeReadIsToldWithoutItsName() {
        JobHandle<String> job = enqueue("x", options -> options.webhook(failed()));
        redis.commands().hset(redis.key("job:" + job.id()), "data", "garbage");

        drain(worker());

        assertThat(body(onlyCall())).containsEntry("func_name", null);
    }

    @Test
    void webhooksThatCannotBeReadKeepNoJobFromEnding() {
        JobHandle<String> job = enqueue("x");
        redis.commands().hset(redis.key("job:" + job.id()), "webhooks", "[{\"url\": \"file:///etc/passwd\"}]");

        assertThat(drain(worker())).isEqualTo(1);

        assertThat(get(job.result())).isEqualTo("x");
    }

    @Test
    void whatPythonWroteIsCalled() {
        JobHandle<String> job = enqueue("x");
        redis.commands()
                .hset(
                        redis.key("job:" + job.id()),
                        "webhooks",
                        "[{\"url\": \"" + receiver.url("ok")
                                + "\", \"job_status\": \"finished\", \"method\": \"GET\", \"headers\": null,"
                                + " \"timeout\": 10}]");

        drain(worker());

        assertThat(onlyCall().method()).isEqualTo("GET");
    }

    @Test
    void aDeliveryIsAJobThatLeavesNothingBehind() {
        enqueue("x", options -> options.resultTtl(Duration.ZERO).webhook(finished()));
        List<String> deliveries = new CopyOnWriteArrayList<>();

        drain(worker().intercept(new JobInterceptor() {
            @Override
            public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
                if (job.task().equals("rq4j.webhook")) {
                    deliveries.add(job.id().value());
                    assertThat(redis.job(job.id())).containsEntry("failure_ttl", "86400");
                    assertThat(redis.job(job.id()).get("description")).startsWith("webhook of job ");
                }
                return work;
            }
        }));

        assertThat(deliveries).containsExactly(onlyCall().header("x-rq4j-delivery"));
        assertThat(redis.keysOf(JobId.of(deliveries.get(0)))).isEmpty();
        assertThat(redis.keys()).filteredOn(key -> redis.ttl(key) < 0).isSubsetOf(Set.of("queues"));
    }

    @Test
    void aReceiverThatIsAwayIsCalledAgainWithTheSameDelivery() {
        TestWorker worker = TestWorker.of(jobs, builder -> builder.handle(ACT, script));
        receiver.awayFor(3);
        enqueue("x", options -> options.webhook(finished()));

        get(worker.drain());
        assertThat(receiver.calls()).hasSize(1);
        for (int pause : List.of(2, 8, 32)) {
            await(worker.advance(Duration.ofSeconds(pause)));
            get(worker.drain());
        }

        assertThat(receiver.calls()).hasSize(4);
        assertThat(receiver.calls())
                .extracting(call -> call.header("x-rq4j-delivery"))
                .doesNotContain("")
                .containsOnly(receiver.calls().get(0).header("x-rq4j-delivery"));
        await(worker.advance(Duration.ofHours(1)));
        assertThat(get(worker.drain())).isZero();
    }

    @Test
    void theReceiverIsLeftAloneForLongerEachTime() {
        TestWorker worker = TestWorker.of(jobs, builder -> builder.handle(ACT, script));
        receiver.awayFor(100);
        enqueue("x", options -> options.webhook(finished()));

        for (int calls = 0; calls < PAUSES.size(); calls = receiver.calls().size()) {
            double before = redis.now();
            get(worker.drain());
            double after = redis.now();

            // On a slow machine the first pauses may be over while it drains.
            int pause = PAUSES.get(receiver.calls().size() - 1);
            double next = redis.commands()
                    .zrangeWithScores(redis.key("scheduled:" + QUEUE), 0, 0)
                    .get(0)
                    .getScore();
            assertThat(next)
                    .as("after %d s", pause)
                    .isBetween(before + 0.8 * pause - 0.001, after + 1.2 * pause + 0.001);
            if (pause >= LONG) {
                assertNotCalledWithin(worker, Duration.ofSeconds(pause / 2));
            }
            await(worker.advance(Duration.ofSeconds(pause * 2)));
        }
    }

    private void assertNotCalledWithin(TestWorker worker, Duration pause) {
        List<Call> calls = receiver.calls();
        await(worker.advance(pause));
        get(worker.drain());
        assertThat(receiver.calls()).isEqualTo(calls);
    }

    @Test
    void aDeliveryThatNobodyTakesFailsInTheEndAndIsKeptForADay() {
        TestWorker worker = TestWorker.of(jobs, builder -> builder.handle(ACT, script));
        receiver.awayFor(100);
        enqueue("x", options -> options.webhook(finished()));

        get(worker.drain());
        for (int pause : List.of(2, 8, 32, 120, 600, 600)) {
            await(worker.advance(Duration.ofSeconds(pause)));
            get(worker.drain());
        }

        assertThat(receiver.calls()).hasSize(6);
        List<String> failed = redis.commands().zrange(redis.key("failed:" + QUEUE), 0, -1);
        assertThat(failed).hasSize(1);
        assertThat(redis.ttl("job:" + failed.get(0))).isBetween(85_000L, 86_400L);
        assertThat(trace(jobs.job(JobId.of(failed.get(0)), String.class)))
                .contains("WebhookFailed: the webhook failed: 127.0.0.1 answered with status 503");
    }

    @Test
    void whatMayNotBeCalledIsNotTriedAgain() {
        enqueue("x", options -> options.webhook(finished()));

        drain(worker().webhooks(WebhookOptions.DEFAULTS.allowing(url -> false)));

        assertThat(receiver.calls()).isEmpty();
        assertThat(redis.commands().zcard(redis.key("failed:" + QUEUE))).isEqualTo(1);
        assertThat(redis.commands().zcard(redis.key("scheduled:" + QUEUE))).isZero();
    }

    @Test
    void theSecretSignsAndIsNowhereToBeSeen() {
        receiver.awayFor(1);
        enqueue("x", options -> options.webhook(finished()));
        WorkerBuilder builder = worker().webhooks(WebhookOptions.DEFAULTS.signedWith(SECRET));
        try (Logs logs = new Logs()) {
            drain(builder);

            assertThat(onlyCall().header("x-rq4j-signature")).matches("t=\\d{10},v1=[0-9a-f]{64}");
            assertThat(logs.all()).isNotEmpty().noneMatch(line -> line.contains("canary"));
        }
        for (String key : redis.keys()) {
            assertThat(new String(redis.commands().dump(redis.key(key)), StandardCharsets.ISO_8859_1))
                    .doesNotContain("canary");
        }
        assertThat(builder.build().options().toString()).doesNotContain("canary");
    }

    @Test
    void deliveriesDoNotDependOnTheCodec() {
        JobClient raw = JobClient.connect(
                RedisExtension.uri(),
                JobClientOptions.DEFAULTS.withPrefix(redis.prefix()).withCodec(RawCodec.create()));
        try {
            get(raw.queue(QUEUE).enqueue(ACT, "x", options -> options.webhook(finished())));

            assertThat(drain(worker(raw).handle(ACT, script))).isEqualTo(2);

            assertThat(body(onlyCall())).containsEntry("func_name", "tests.act");
        } finally {
            RedisExtension.close(raw);
        }
    }

    @Test
    void aReasonThatIsTooLongForAPayloadIsCut() {
        JobClient small = JobClient.connect(
                RedisExtension.uri(),
                JobClientOptions.DEFAULTS
                        .withPrefix(redis.prefix())
                        .withCodec(JacksonCodec.create().withMaxPayloadBytes(2000)));
        try {
            JobHandle<String> job = get(small.queue(QUEUE).enqueue(ACT, "x", options -> options.webhook(failed())));

            drain(worker(small).handle(ACT, act -> Mono.error(new IOException("y".repeat(5000)))));

            assertThat(body(onlyCall()).get("exc_info")).hasSize(500).startsWith("java.io.IOException: yyy");
            assertThat(trace(job)).contains("y".repeat(5000));
        } finally {
            RedisExtension.close(small);
        }
    }

    @Test
    void aPipelineOfClaimsCallsWebhooksToo() {
        JobHandle<String> job = enqueue("x", options -> options.webhook(finished()));
        Worker worker = worker(jobs).build();
        worker.claims(ACT).concatMap(claim -> claim.finish("done")).subscribe();

        assertThat(get(job.result())).isEqualTo("done");
        Eventually.holds(() -> assertThat(receiver.calls()).hasSize(1));
        await(worker.stop(Eventually.DEADLINE));
        assertThat(held(QUEUE)).isEmpty();
    }

    @Test
    void whoeverFindsAnAbandonedJobTellsOfIt() {
        JobHandle<String> job = enqueue("x", options -> options.maxRecoveries(0).webhook(failed()));
        ClaimRequest request =
                new ClaimRequest("dead", "dead", JobId.random().value(), 1, Duration.ofMillis(1), List.of(QUEUE));
        assertThat(get(jobs.engine().leases().claim(request)).jobs()).hasSize(1);

        run(worker());

        assertThat(trace(job)).startsWith("Abandoned:");
        Eventually.holds(() -> assertThat(receiver.calls()).hasSize(1));
        assertThat(body(onlyCall())).containsEntry("func_name", "tests.act").containsEntry("exc_info", trace(job));
    }

    @Test
    void tasksOfOurOwnAreNotForOthersToHandle() {
        Task<String, String> own = Task.reserved("webhook", String.class, String.class);

        assertThatThrownBy(() -> worker().handle(own, Mono::just))
                .isInstanceOf(JobException.Invalid.class)
                .hasMessageContaining("\"rq4j.\" are rq4j's own");
    }

    private Webhook finished() {
        return Webhook.onFinished(receiver.url("ok")).timeout(PATIENCE);
    }

    private Webhook failed() {
        return Webhook.onFailed(receiver.url("ok")).timeout(PATIENCE);
    }

    private Call onlyCall() {
        assertThat(receiver.calls()).hasSize(1);
        return receiver.calls().get(0);
    }

    private static Map<String, String> body(Call call) {
        return JacksonCodec.create()
                .decodeValue(
                        call.body().getBytes(StandardCharsets.UTF_8),
                        new TypeRef<LinkedHashMap<String, String>>() {}.type());
    }
}
