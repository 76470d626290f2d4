package dev.rq4j.redis;

import dev.rq4j.codec.ErrorText;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a worker does with jobs: claim, extend, finish, fail, stop, release, recover. Every end is fenced by its lease. */
public final class LeaseStore {

    private static final LuaScript CLAIM = LuaScript.named("claim");
    private static final LuaScript EXTEND = LuaScript.named("extend");
    private static final LuaScript FINISH = LuaScript.named("finish");
    private static final LuaScript FAIL = LuaScript.named("fail");
    private static final LuaScript STOP = LuaScript.named("stop");
    private static final LuaScript RELEASE = LuaScript.named("release");
    private static final LuaScript RECOVER = LuaScript.named("recover");
    private static final int RECOVER_BATCH = 100;
    private static final byte[] NOTHING = {};
    /** An answer that the driver could not digest never comes, and a claimer that waits for it claims no more. */
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private static final byte[] ABANDONED = ErrorText.encode(
            "Abandoned: the worker that ran this job stopped extending its lease, more often than the job may be recovered.");

    private final Redis redis;
    private final PayloadCodec codec;

    LeaseStore(Redis redis, PayloadCodec codec) {
        this.redis = redis;
        this.codec = codec;
    }

    /**
     * Claims once, without repetition: a claimer repeats the same request until it is answered, so that nothing it was
     * given is left without an owner.
     */
    public Mono<Claims> claim(ClaimRequest request) {
        return Mono.defer(() -> redis.once(
                        CLAIM,
                        Args.of(redis.keys())
                                .add(request.worker())
                                .add(request.claimer())
                                .add(request.token())
                                .add(request.count())
                                .add(request.lease().toMillis())
                                .add(codec.maxPayloadBytes())
                                .add(WireTime.shown(Instant.now()))
                                .addAll(request.queues())))
                .timeout(ANSWER, Mono.error(() -> new JobException.ServerUnavailable("no answer to a claim", null)))
                .repeat()
                .skipUntil(answer -> !Claims.isMore(answer))
                .next()
                .map(Claims::of);
    }

    /** Extends leases; emits for each, in order, whether it still holds. */
    public Mono<List<Boolean>> extend(List<Execution> executions, Duration lease) {
        Args args = Args.of(redis.keys()).add(lease.toMillis());
        return redis.list(EXTEND, addAll(args, executions))
                .map(answers -> answers.stream().map(Answers::isOne).toList());
    }

    /** Ends a job well; null or no bytes is no value. */
    public Mono<Settled> finish(Attempt attempt, byte @Nullable [] value) {
        byte[] field = value == null ? NOTHING : Base64.getEncoder().encode(value);
        return settle(FINISH, attempt, Retention.RESULT_DEFAULT, field);
    }

    /** Ends a job with an error. */
    public Mono<Settled> fail(Attempt attempt, String trace) {
        return settle(FAIL, attempt, Retention.FAILURE_DEFAULT, ErrorText.encode(trace));
    }

    /** Ends a job that was stopped while it ran. */
    public Mono<Settled> stop(Attempt attempt, String reason) {
        return settle(STOP, attempt, Retention.FAILURE_DEFAULT, ErrorText.encode(reason));
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
        return redis.list(
                        RELEASE,
                        attempt -> addAll(Args.of(redis.keys()).add(push).add(attempt), order))
                .map(answers -> answers.stream()
                        .map(answer -> Settled.of(Answers.number(answer)))
                        .toList())
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
                                        .add(WireTime.shown(Instant.now()))
                                        .add(Retention.FAILURE_DEFAULT.seconds())
                                        .add(ABANDONED)))
                .map(Recovered::of);
    }

    private Mono<Settled> settle(LuaScript script, Attempt attempt, Retention retention, byte[] outcome) {
        Execution execution = attempt.execution();
        Args args = Args.of(redis.keys())
                .add(execution.queue())
                .add(execution.job().value())
                .add(execution.id())
                .add(attempt.worker())
                .add(WireTime.seconds(attempt.started()))
                .add(WireTime.seconds(attempt.ended()))
                .add(WireTime.shown(attempt.ended()))
                .add(retention.seconds())
                .add(outcome);
        return redis.number(script, args).map(Settled::of);
    }

    private static Args addAll(Args args, List<Execution> executions) {
        for (Execution execution : executions) {
            args.add(execution.queue()).add(execution.job().value()).add(execution.id());
        }
        return args;
    }

    private static <T> List<T> reversed(List<T> list) {
        int last = list.size() - 1;
        return IntStream.rangeClosed(0, last).mapToObj(i -> list.get(last - i)).toList();
    }
}
