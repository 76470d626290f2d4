package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Repeat;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.worker.maintenance.Janitor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The windows in which RQ leaves a job in a wrong state, or a queue down: the rows W1 to W7 of {@link RqWindowsTest}. */
class RqWrongStateWindowsIT extends WindowScene {

    private static final String INTERMEDIATE = "queue:" + QUEUE + ":intermediate";

    @Test
    @DisplayName("W1: a stale entry of an intermediate list, and the job was queued again and has finished")
    void w1_aFinishedJobIsNotFailedForAnOldEntry() {
        JobHandle<String> job = enqueue("fail");
        drain(worker());
        redis.commands().rpush(redis.key(INTERMEDIATE), job.id().value());
        redis.commands().set(redis.key("intermediate:first_seen:" + job.id()), "1");
        await(job.requeue());
        assertThat(drain(worker(jobs).handle(ACT, input -> Mono.just("this time"))))
                .isEqualTo(1);

        for (int round = 0; round < 3; round++) {
            pass(HOUR.dividedBy(30));
            await(new Janitor(jobs.engine(), List.of(QUEUE)).tidy());
            recover(jobs);
        }

        assertThat(get(job.result())).isEqualTo("this time");
        assertThat(redis.history(job.id())).hasSize(2);
        redis.commands().del(redis.key(INTERMEDIATE), redis.key("intermediate:first_seen:" + job.id()));
        census();
    }

    @Test
    @DisplayName("W2: a dependent is registered while its parent finishes")
    void w2_aParentFinishesOnceWhateverIsEnqueuedMeanwhile() {
        JobHandle<String> parent = enqueue(GATE);
        run(worker());
        Eventually.holds(() -> assertThat(starts(parent.id())).isEqualTo(1));

        List<JobId> children = get(Flux.range(0, 200)
                .flatMap(i -> {
                    if (i == 100) {
                        script.open(parent.id());
                    }
                    return jobs.queue(QUEUE).enqueue(ACT, "child", job -> job.dependsOn(parent.id()));
                })
                .<JobId>map(JobHandle::id)
                .collectList());

        assertThat(get(parent.result())).isEqualTo("through the gate");
        Eventually.holds(() -> assertThat(script.started()).hasSize(201));
        assertThat(script.started()).doesNotHaveDuplicates().containsAll(children);
        Eventually.holds(() -> assertThat(held(QUEUE)).isEmpty());
        pass(LEASE.multipliedBy(60));
        assertThat(recover(jobs)).isEmpty();
        assertThat(status(parent.id())).isEqualTo("finished");
        census();
    }

    @Test
    @DisplayName("W3: a dependent is registered while a job that repeats finishes")
    void w3_aJobRepeatsAsOftenAsAskedWhateverIsEnqueuedMeanwhile() {
        Queue<String> runs = new ConcurrentLinkedQueue<>();
        Queue<Mono<?>> children = new ConcurrentLinkedQueue<>();
        JobHandle<String> job = enqueue("again", options -> options.repeat(Repeat.times(5)));

        run(worker(jobs).handle(ACT, (input, context) -> {
            runs.add(input);
            if (input.equals("again")) {
                // some are there before this run ends, and some come while it does
                Flux.range(0, 20)
                        .flatMap(i -> jobs.queue(QUEUE).enqueue(ACT, "child", child -> child.dependsOn(context.id())))
                        .subscribe(child -> children.add(child.result()));
            }
            return Mono.just(input);
        }));

        Eventually.holds(() -> assertThat(runs).hasSize(6 + 6 * 20));
        assertThat(runs).filteredOn("again"::equals).hasSize(6);
        assertThat(children)
                .hasSize(120)
                .allSatisfy(child -> assertThat(get(child)).isEqualTo("child"));
        assertThat(status(job.id())).isEqualTo("finished");
        census();
    }

    @Test
    @DisplayName("W4: a job is canceled after the pop, or while it runs")
    void w4_aCanceledJobStaysCanceled() {
        JobHandle<String> taken = enqueue("x");
        ClaimedJob claim = claim(jobs, HOUR);
        assertThat(get(taken.cancel())).isTrue();
        assertThat(finish(claim)).isNotIn(Settled.DONE, Settled.REPEATED, Settled.AGAIN);

        JobHandle<String> running = enqueue(HANG);
        run(worker());
        Eventually.holds(() -> assertThat(starts(running.id())).isEqualTo(1));
        assertThat(get(running.cancel())).isTrue();
        Eventually.holds(() -> assertThat(script.cancelled()).containsExactly(running.id()));

        for (JobHandle<String> job : List.of(taken, running)) {
            assertThat(status(job.id())).isEqualTo("canceled");
            assertThat(redis.history(job.id())).isEmpty();
        }
        assertThat(script.started()).containsExactly(running.id());
        census();
    }

    @Test
    @DisplayName("W5: a job is deleted while it runs, or while a scheduler moves it")
    void w5_aDeletedJobDoesNotComeBack() {
        JobHandle<String> taken = enqueue("x");
        ClaimedJob claim = claim(jobs, HOUR);
        assertThat(get(taken.delete())).isTrue();
        assertThat(finish(claim)).isNotIn(Settled.DONE, Settled.REPEATED, Settled.AGAIN);
        assertThat(fail(claim)).isNotIn(Settled.DONE, Settled.REPEATED, Settled.AGAIN);
        assertThat(redis.job(taken.id())).isEmpty();

        List<JobHandle<?>> due = get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, 200).map(i -> ACT.request("x", job -> job.delay(HOUR))))
                .collectList());
        pass(HOUR.plus(LEASE));
        List<JobClient> rivals = rivals();
        await(Mono.when(
                Flux.fromIterable(rivals)
                        .flatMap(client -> client.engine().times().promote(QUEUE)),
                Flux.fromIterable(due).flatMap(JobHandle::delete)));
        rivals.forEach(RedisExtension::close);

        assertThat(drain(worker())).isZero();
        assertThat(script.started()).isEmpty();
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("job:") || key.startsWith("results:"));
        census();
    }

    @Test
    @DisplayName("W6: the hash of a job cannot be read")
    void w6_aJobThatCannotBeReadStopsNobody() {
        Map<String, Map<String, String>> odd = new LinkedHashMap<>();
        odd.put("status", Map.of("status", "no_such_status"));
        odd.put("rate-limited", Map.of("status", "rate_limited", "rate_limit_key", "k", "rate_limit_concurrency", "1"));
        odd.put("ready", Map.of("status", "ready_to_enqueue"));
        odd.put("timestamp", Map.of("created_at", "yesterday", "enqueued_at", "31.12."));
        odd.put("with.dot", Map.of());
        odd.put("front", Map.of("enqueue_at_front", ""));
        odd.put("callback", Map.of("success_callback_timeout", "", "failure_callback_timeout", ""));
        odd.put("ttl", Map.of("result_ttl", "60.0", "failure_ttl", "soon"));
        odd.put("kin", Map.of("dependency_ids", "]garbage[", "dependency_id", "\u0000"));
        odd.put("data", Map.of("data", "\u0080\u0005pickle"));
        odd.put("timeout", Map.of("timeout", ""));
        odd.put("retries", Map.of("retries_left", "many", "retry_intervals", "{}"));
        odd.put("repeats", Map.of("repeats_left", "", "repeat_intervals", "\"\""));
        // these two are where RQ 3 has them, and listed too; from ready only RQ 3 takes them, and there it stays
        redis.commands().sadd(redis.key("rl-keys"), "k");
        redis.commands().hset(redis.key("rl:k"), "concurrency", "1");
        redis.commands().zadd(redis.key("rl:k:rate_limited"), redis.now(), "rate-limited");
        redis.commands().zadd(redis.key("ready:" + QUEUE), redis.now(), "ready");
        List<JobHandle<String>> good = new ArrayList<>();
        odd.forEach((id, fields) -> {
            Map<String, String> hash = new LinkedHashMap<>(Map.of(
                    "status", "queued",
                    "origin", QUEUE,
                    "data", "[\"tests.act\", null, [\"odd\"], {}]",
                    "created_at", "2026-11-23T05:26:48.710057Z"));
            hash.putAll(fields);
            redis.commands().hset(redis.key("job:" + id), hash);
            redis.commands().rpush(redis.key("queue:" + QUEUE), id);
            good.add(enqueue("good"));
        });
        RunningWorker worker = run(worker().concurrency(1));

        assertThat(good).allSatisfy(job -> assertThat(get(job.result())).isEqualTo("good"));
        Eventually.holds(() -> assertThat(redis.queue(QUEUE)).isEmpty());
        Eventually.holds(() -> assertThat(held(QUEUE)).isEmpty());
        Eventually.holds(() -> assertThat(odd.keySet())
                .allSatisfy(id -> assertThat(redis.hash("job:" + id).getOrDefault("status", "gone"))
                        .isIn("finished", "failed", id.equals("ready") ? "ready_to_enqueue" : "gone")));
        assertThat(redis.score("ready:" + QUEUE, "ready")).isNotNull();
        assertThat(get(enqueue("alive").result())).isEqualTo("alive");
        worker.close();
        assertThat(redis.keys()).noneMatch(key -> key.contains("intermediate"));
    }

    /**
     * What Python's tools write is theirs. Our share: we write no field of a job's but those that change, so that its
     * {@code meta} stays byte for byte what it was, and run a job whose {@code meta} was spoilt before.
     */
    @Test
    @DisplayName("W7: a tool without the queue's serializer retries an abandoned job, and meta becomes a pickle")
    void w7_theMetaOfAJobIsLeftAsItIs() {
        Map<String, String> metas =
                Map.of("json", "{\"of\": [1,  2.0, \"\u00e9\"]}", "pickle", "\u0080\u0004\u0095\u0000unserialized.");
        metas.forEach((id, meta) -> {
            redis.commands()
                    .hset(
                            redis.key("job:" + id),
                            Map.of(
                                    "status", "started",
                                    "origin", QUEUE,
                                    "data", "[\"tests.act\", null, [\"x\"], {}]",
                                    "meta", meta,
                                    "worker_name", "python"));
            redis.commands()
                    .zadd(redis.key("wip:" + QUEUE), redis.now() - 100, id + ":ffffffffffffffffffffffffffffffff");
        });

        assertThat(get(jobs.queue(QUEUE).started().count())).isBetween(0L, 2L);
        assertThat(recover(jobs)).containsExactlyInAnyOrder("json", "pickle");
        metas.forEach((id, meta) -> assertThat(redis.hash("job:" + id)).containsEntry("meta", meta));
        CompletableFuture<Long> ran = worker().build().drain().toFuture();
        assertThat(get(Mono.fromFuture(ran))).isEqualTo(2);

        metas.forEach((id, meta) -> assertThat(redis.hash("job:" + id))
                .containsEntry("status", "finished")
                .containsEntry("meta", meta));
        assertThat(script.started()).containsExactlyInAnyOrder(JobId.of("json"), JobId.of("pickle"));
        census();
    }
}
