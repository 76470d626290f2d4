package dev.rq4j.redis;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.codec.JsonLists;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a worker does with jobs: claim, extend, finish, fail, retry, snooze, stop, release, recover. Every end is fenced by
 * its lease.
 */
public final class LeaseStore {

    /** Why a job has failed whose workers died. */
    public static final String ABANDONED =
            "Abandoned: the worker that ran this job stopped extending its lease, more often than the job may be recovered.";

    private static final LuaScript CLAIM = LuaScript.named("claim");
    private static final LuaScript EXTEND = LuaScript.named("extend");
    private static final LuaScript FINISH = LuaScript.named("finish");
    private static final LuaScript FAIL = LuaScript.named("fail");
    private static final LuaScript STOP = LuaScript.named("stop");
    private static final LuaScript RETRY = LuaScript.named("retry");
    private static final LuaScript SNOOZE = LuaScript.named("snooze");
    private static final LuaScript RELEASE = LuaScript.named("release");
    private static final LuaScript RECOVER = LuaScript.named("recover");
    private static final int RECOVER_BATCH = 100;
    private static final byte[] NOTHING = {};
    /** An answer that the driver could not digest never comes, and a claimer that waits for it claims no more. */
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Redis redis;
    private final Redis heartbeats;
    private final PayloadCodec codec;
    private final Batcher<Finish, Settled> finishes = new Batcher<>(this::finishTogether, Finish::size);

    LeaseStore(Redis redis, PayloadCodec codec) {
        this.redis = redis;
        this.heartbeats = redis.forLeases();
        this.codec = codec;
    }

    /**
     * Claims once, without repetition: a claimer subscribes to what this returns until it is answered, so that nothing it
     * was given is left without an owner. Subscriptions are counted, so that one that arrives late is known as such. An
     * answer to another request is {@link JobException.ServerUnavailable}: no job that it names is taken for one's own.
     */
    public Mono<Claims> claim(ClaimRequest request) {
        AtomicInteger attempts = new AtomicInteger();
        return Mono.defer(() -> redis.once(
                        CLAIM,
                        request.args(redis.keys(), codec, attempts.incrementAndGet()),
                        answer -> Claims.answers(answer, request.token())))
                .timeout(ANSWER, Mono.error(() -> new JobException.ServerUnavailable("no answer to a claim", null)))
                .repeat()
                .skipUntil(answer -> !Claims.isMore(answer))
                .next()
                .map(Claims::of);
    }

    /**
     * Extends leases, on a connection where nothing large can be in the way; emits for each, in order, whether it still
     * holds.
     */
    public Mono<List<Boolean>> extend(List<Execution> executions, Duration lease) {
        Args args = Args.of(redis.keys()).add(lease.toMillis());
        return heartbeats
                .list(EXTEND, addAll(args, executions))
                .map(answers -> answers.stream().map(Answers::isOne).toList());
    }

    /**
     * Ends a run well; null or no bytes is no value. Where the job has finished, and is not repeated, the jobs that follow
     * are enqueued to its queue in the same step. It is kept as it says itself, or else as is said here. Runs that end at
     * the same time share a step, but for those that others follow.
     */
    public Mono<Settled> finish(
            Attempt attempt, byte @Nullable [] value, Retention kept, List<? extends JobRequest<?>> next) {
        return Mono.defer(() -> {
            Finish finish = Finish.of(attempt, value, kept);
            return next.isEmpty()
                    ? finishes.submit(finish)
                    : redis.list(FINISH, follow(Finish.args(redis.keys(), List.of(finish)), attempt, next), 1)
                            .map(answers -> Settled.of(Answers.number(answers.get(0))));
        });
    }

    private Mono<List<Settled>> finishTogether(List<Finish> all) {
        return redis.list(FINISH, Finish.args(redis.keys(), all), all.size()).map(LeaseStore::settled);
    }

    /**
     * Ends an attempt with an error: the job is tried again if that is allowed and it has retries left, otherwise it has
     * failed, and the jobs that follow are enqueued to its queue in the same step.
     */
    public Mono<Settled> fail(Attempt attempt, String trace, boolean mayRetry, List<? extends JobRequest<?>> next) {
        return Mono.defer(() -> {
            Args args = ending(attempt, Retention.FAILURE_DEFAULT)
                    .add(ErrorText.encode(trace))
                    .add(mayRetry ? 1 : 0);
            return settle(FAIL, follow(args, attempt, next));
        });
    }

    /** Ends a job that was stopped while it ran. */
    public Mono<Settled> stop(Attempt attempt, String reason) {
        return Mono.defer(
                () -> settle(STOP, ending(attempt, Retention.FAILURE_DEFAULT).add(ErrorText.encode(reason))));
    }

    /**
     * Ends an attempt whose handler asks for another: the job runs again as the policy says, or has failed if it has asked
     * more often than that allows, and the jobs that follow are enqueued to its queue in the same step.
     */
    public Mono<Settled> retry(Attempt attempt, String reason, RetryPolicy asked, List<? extends JobRequest<?>> next) {
        return Mono.defer(() -> {
            Args args = ending(attempt, Retention.FAILURE_DEFAULT)
                    .add(ErrorText.encode(reason))
                    .add(asked.times())
                    .add(JsonLists.ofSeconds(asked.intervals()))
                    .add(Double.toString(asked.jitter()))
                    .add(asked.toFront() ? 1 : 0);
            return settle(RETRY, follow(args, attempt, next));
        });
    }

    /** Puts a job off that is under way; no attempt is counted. */
    public Mono<Settled> snooze(Attempt attempt, Duration delay) {
        Execution execution = attempt.execution();
        Args args = Args.of(redis.keys()).add(execution).add(WireTime.seconds(delay));
        return settle(SNOOZE, args);
    }

    /**
     * Gives jobs back unrun, to the front of their queues in the order given, or to the back; no attempt is counted.
     * Emits what came of each, in order.
     */
    public Mono<List<Settled>> release(List<Execution> executions, boolean toFront) {
        if (executions.isEmpty()) {
            return Mono.just(List.of());
        }
        List<Execution> order = toFront ? reversed(executions) : executions;
        String push = toFront ? "LPUSH" : "RPUSH";
        return redis.list(RELEASE, addAll(Args.of(redis.keys()).add(push), order))
                .map(LeaseStore::settled)
                .map(answers -> toFront ? reversed(answers) : answers);
    }

    /** Queues again, or fails, the jobs of a queue whose lease ran out; emits what was done, batch by batch. */
    public Flux<Recovered> recover(String queue, int maxRecoveries) {
        return Paging.through(
                        RECOVER_BATCH,
                        offset -> redis.list(
                                RECOVER,
                                Args.of(redis.keys())
                                        .add(queue)
                                        .add(RECOVER_BATCH)
                                        .add(offset)
                                        .add(maxRecoveries)
                                        .add(Retention.FAILURE_DEFAULT.seconds())
                                        .add(ErrorText.encode(ABANDONED))))
                .map(Recovered::of);
    }

    /** Emits a job that nobody holds as who had it last saw it, if it is there and anybody is to be told of its end. */
    public Mono<ClaimedJob> remains(Execution last) {
        String key = redis.keys().job(last.job());
        return bounded(key, "webhooks")
                .flatMap(webhooks -> Mono.zip(
                                bounded(key, "data").defaultIfEmpty(NOTHING),
                                bounded(key, "enqueued_at").defaultIfEmpty(NOTHING))
                        .map(rest -> ClaimedJob.of(last, rest.getT1(), rest.getT2(), Map.of("webhooks", webhooks))));
    }

    /** Reads a field unless it is larger than payloads may be. */
    private Mono<byte[]> bounded(String key, String field) {
        return redis.read(commands -> commands.hstrlen(key, field))
                .filter(size -> size <= codec.maxPayloadBytes())
                .flatMap(size -> redis.read(commands -> commands.hget(key, field)));
    }

    private Mono<Settled> settle(LuaScript script, Args args) {
        return redis.number(script, args).map(Settled::of);
    }

    private static List<Settled> settled(List<Object> answers) {
        return answers.stream()
                .map(answer -> Settled.of(Answers.number(answer)))
                .toList();
    }

    /** What every script that ends an attempt is told first. */
    private Args ending(Attempt attempt, Retention retention) {
        return attempt.addTo(Args.of(redis.keys()), retention);
    }

    private Args follow(Args args, Attempt attempt, List<? extends JobRequest<?>> next) {
        for (JobRequest<?> request : next) {
            Family.of(request, JobStore.idFor(request), attempt.execution().queue(), codec, Instant.now())
                    .addTo(args);
        }
        return args;
    }

    private static Args addAll(Args args, List<Execution> executions) {
        executions.forEach(args::add);
        return args;
    }

    private static <T> List<T> reversed(List<T> list) {
        int last = list.size() - 1;
        return IntStream.rangeClosed(0, last).mapToObj(i -> list.get(last - i)).toList();
    }
}
