package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.WorkerCommand;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Schedulers;

/** What can be done to single jobs from outside: enqueue, look, cancel, delete, retain. */
public final class JobStore {

    private static final LuaScript ENQUEUE = LuaScript.named("enqueue");
    private static final LuaScript CANCEL = LuaScript.named("cancel");
    private static final LuaScript DELETE = LuaScript.named("delete");
    private static final LuaScript INTERRUPT = LuaScript.named("interrupt");
    private static final LuaScript RETAIN = LuaScript.named("retain");
    private static final LuaScript FETCH = LuaScript.named("fetch");

    private final Redis redis;
    private final Redis driver;
    private final PayloadCodec codec;
    private final Batcher<Family, List<Object>> singles = new Batcher<>(this::sendTogether, Family::weight);

    JobStore(Redis redis, PayloadCodec codec) {
        this.redis = redis;
        this.driver = redis.onDriver();
        this.codec = codec;
    }

    /**
     * Enqueues jobs with their callbacks and emits the ids of the jobs in order; those that make up a megabyte together
     * or are a thousand, and larger ones, each in a step of their own. A request whose answer is lost is repeated and
     * enqueues once. A job that exists is left alone and its id emitted where the request says so. A job that comes alone
     * shares its step with others that come at the same time.
     */
    public Flux<JobId> enqueue(String queue, List<? extends JobRequest<?>> requests) {
        return Flux.defer(() -> {
            if (requests.size() == 1) {
                return enqueue(queue, requests.get(0), idFor(requests.get(0)));
            }
            return steps(queue, requests).concatMap(step -> send(step, (id, request) -> id), 1);
        });
    }

    /**
     * Enqueues batches of jobs one after the other, each as {@link #enqueue(String, List)} does, and emits what this makes
     * of the ids and requests in order. While one step is under way the next is written, on another thread; it is sent
     * when the first has its answer and what was made of it is emitted. What cannot be written ends it after the batches before.
     */
    public <T> Flux<T> enqueueAll(
            String queue, Flux<? extends List<JobRequest<?>>> batches, BiFunction<JobId, JobRequest<?>, T> each) {
        return batches.concatMapDelayError(batch -> steps(queue, batch), false, 0)
                // As a value: an error that came by itself would overtake what is under way, and cancel it.
                .materialize()
                .publishOn(Schedulers.parallel(), 1)
                // Without a queue of its own: who takes from that of publishOn has the next written before he sends
                // this one.
                .concatMap(step -> sendOrEnd(step, each), 0);
    }

    private <T> Flux<T> sendOrEnd(Signal<EnqueueStep> step, BiFunction<JobId, JobRequest<?>, T> each) {
        EnqueueStep written = step.get();
        if (written != null) {
            return send(written, each);
        }
        Throwable error = step.getThrowable();
        return error == null ? Flux.empty() : Flux.error(error);
    }

    private <T> Flux<T> send(EnqueueStep step, BiFunction<JobId, JobRequest<?>, T> each) {
        List<Family> families = step.families();
        Mono<List<Object>> answers =
                families.size() == 1 ? send(families.get(0)) : redis.list(ENQUEUE, step.args(), Family.count(families));
        return answers.flatMapIterable(all -> step.outcomes(all, each));
    }

    private Flux<EnqueueStep> steps(String queue, List<? extends JobRequest<?>> requests) {
        return Flux.defer(() -> {
            Instant now = Instant.now();
            return EnqueueStep.of(
                    requests,
                    request -> Family.of(request, idFor(request), queue, codec, now),
                    () -> Args.of(redis.keys()));
        });
    }

    /** Enqueues one job under an id that was chosen for it; otherwise as {@link #enqueue(String, List)}. */
    public Mono<JobId> enqueue(String queue, JobRequest<?> request, JobId id) {
        return redis.emitted(begin(queue, request, id));
    }

    /** Enqueues as {@link #enqueue(String, JobRequest, JobId)} does, for our own code: the driver's thread emits. */
    public Mono<JobId> begin(String queue, JobRequest<?> request, JobId id) {
        return Mono.defer(() -> {
            Family family = Family.of(request, id, queue, codec, Instant.now());
            return singles.submit(family).map(family::outcome);
        });
    }

    private Mono<List<List<Object>>> sendTogether(List<Family> families) {
        return driver.list(ENQUEUE, args(families), Family.count(families))
                .map(answers -> Family.apart(families, answers));
    }

    /** Enqueues jobs of which each waits for the one before, all of them or none; emits the id of the last. */
    public Mono<JobId> enqueueChain(List<Placed> links) {
        return Mono.defer(() -> {
            BatchOrder.check(links.stream().map(Placed::request).toList());
            Family chain = Family.ofChain(links, codec, Instant.now());
            return redis.list(ENQUEUE, args(List.of(chain)))
                    .doOnNext(chain::refuseExisting)
                    .thenReturn(links.get(links.size() - 1).id());
        });
    }

    /** Enqueues a job that runs when all jobs have ended that a group has now; otherwise as one of a queue. */
    public Mono<JobId> enqueueAfter(String group, Placed job) {
        return Mono.defer(() -> {
            Family family = Family.afterGroup(group, job, codec, Instant.now());
            return send(family).map(family::outcome);
        });
    }

    /** Returns the id that was asked for, or a random one. */
    public static JobId idFor(JobRequest<?> request) {
        JobId asked = request.options().identity().id();
        return asked == null ? JobId.random() : asked;
    }

    private Mono<List<Object>> send(Family family) {
        return redis.emitted(singles.submit(family));
    }

    /** Emits the job as Redis has it now, or nothing when there is none. */
    public Mono<Job> find(JobId id) {
        return find(List.of(id)).next();
    }

    /**
     * Emits the jobs as Redis has them at one moment, in order; those that are not there are left out. Where they are large
     * it takes several steps.
     */
    public Flux<Job> find(List<JobId> ids) {
        if (ids.isEmpty()) {
            return Flux.empty();
        }
        return redis.list(
                        FETCH,
                        Args.of(redis.keys())
                                .add(codec.maxPayloadBytes())
                                .addAll(ids.stream().map(JobId::value).toList()))
                .flatMapMany(answers -> Flux.range(0, answers.size())
                        .mapNotNull(i -> job(ids.get(i), answers.get(i)))
                        .concatWith(Flux.defer(() -> find(ids.subList(answers.size(), ids.size())))));
    }

    private @Nullable Job job(JobId id, @Nullable Object answer) {
        if (answer == null) {
            return null;
        }
        List<?> found = Answers.list(answer);
        Duration ttl = ttl(Answers.number(found.get(0)));
        Instant leaseEnd = WireTime.ofSeconds(Answers.textOrNull(found.get(1)));
        return JobHash.read(id, Answers.pairs(found.get(2)), ttl, leaseEnd, codec);
    }

    /** Emits whether there is such a job. */
    public Mono<Boolean> exists(JobId id) {
        return redis.read(commands -> commands.exists(redis.keys().job(id))).map(count -> count == 1);
    }

    /** Emits the job's status, or nothing when there is no such job. */
    public Mono<JobStatus> status(JobId id) {
        return redis.read(commands -> commands.hget(redis.keys().job(id), "status"))
                .map(status -> JobStatus.ofWire(Args.text(status)));
    }

    /**
     * Cancels a job that has not ended. Emits whether it is canceled or its Python worker was asked to stop it; signals
     * {@link JobException.NoSuchJob}.
     */
    public Mono<Boolean> cancel(JobId id) {
        return redis.number(
                        CANCEL,
                        sending -> Args.of(redis.keys())
                                .add(id.value())
                                .add(Retention.FAILURE_DEFAULT.seconds())
                                .add(stop(id))
                                .add(sending))
                .flatMap(answer -> answer < 0 ? Mono.error(new JobException.NoSuchJob(id)) : Mono.just(answer == 1));
    }

    /**
     * Asks the worker that runs a job to stop it, and emits whether there is one that listens; signals
     * {@link JobException.NoSuchJob}.
     */
    public Mono<Boolean> interrupt(JobId id) {
        return redis.number(INTERRUPT, Args.of(redis.keys()).add(id.value()).add(stop(id)))
                .flatMap(answer -> answer < 0 ? Mono.error(new JobException.NoSuchJob(id)) : Mono.just(answer == 1));
    }

    /** Emits how many jobs wait before it in its queue; nothing when it does not wait there. */
    public Mono<Long> position(JobId id) {
        return redis.read(commands -> commands.hget(redis.keys().job(id), "origin")
                .flatMap(queue -> commands.lpos(redis.keys().queue(Args.text(queue)), Args.bytes(id.value()))));
    }

    /** Deletes a job and all its keys, and emits whether it was there. */
    public Mono<Boolean> delete(JobId id) {
        return redis.number(
                        DELETE,
                        sending -> Args.of(redis.keys())
                                .add(id.value())
                                .add(stop(id))
                                .add(sending))
                .map(answer -> answer == 1);
    }

    /** Changes how long a job is kept, and emits whether it was there. */
    public Mono<Boolean> retain(JobId id, Retention retention) {
        return redis.number(
                        RETAIN,
                        sending -> Args.of(redis.keys())
                                .add(id.value())
                                .add(retention.seconds())
                                .add(sending))
                .map(answer -> answer == 1);
    }

    private Args args(List<Family> families) {
        Args args = Args.of(redis.keys());
        families.forEach(family -> family.addTo(args));
        return args;
    }

    private static byte[] stop(JobId id) {
        return new WorkerCommand(WorkerCommand.STOP_JOB, id.value()).toJson();
    }

    private static @Nullable Duration ttl(long millis) {
        return millis < 0 ? null : Duration.ofMillis(millis);
    }
}
