package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.PretendWorker;
import dev.rq4j.job.Execution;
import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobEvent.Happened;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.Retention;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Several clients of one namespace, each with connections of its own, that do the same things at the same time. */
final class Duel implements AutoCloseable {

    private static final int CLIENTS = 4;
    private static final int IN_FLIGHT = 128;

    private static final JobId THE_END = JobId.of("the-end");

    private final RawRedis redis;
    private final List<JobClient> clients;

    Duel(RawRedis redis) {
        this.redis = redis;
        this.clients = Stream.generate(() -> RedisExtension.connect(redis.prefix()))
                .limit(CLIENTS)
                .toList();
        clients.forEach(client -> client.ping().block(Eventually.DEADLINE));
    }

    /** Enqueues this many jobs; returns their ids in order. */
    List<String> enqueue(int count, String queue, Consumer<JobOptions.Builder> options) {
        return await(Flux.range(0, count)
                .map(i -> PretendWorker.ECHO.request("job " + i, options))
                .as(clients.get(0).queue(queue)::enqueueAll)
                .map(job -> job.id().value()));
    }

    /** Lets every client do this so many times, all at once. */
    <T> List<T> all(int times, Function<JobClient, Mono<T>> move) {
        return await(Flux.range(0, times * CLIENTS).flatMap(i -> move.apply(clients.get(i % CLIENTS)), IN_FLIGHT));
    }

    /** Lets every client do this to each of these, all at once. */
    <I, T> List<T> each(List<I> targets, BiFunction<JobClient, I, Mono<T>> move) {
        return await(Flux.fromIterable(targets)
                .flatMap(
                        target -> Flux.fromIterable(clients).flatMap(client -> move.apply(client, target)), IN_FLIGHT));
    }

    /** Claims once for each client, as claimers of their own. */
    List<ClaimedJob> claim(int count, Duration lease, String... queues) {
        return all(1, client -> claim(client, count, lease, queues)).stream()
                .flatMap(List::stream)
                .toList();
    }

    Mono<List<ClaimedJob>> claim(JobClient client, int count, Duration lease, String... queues) {
        return Mono.defer(() -> client.engine()
                .leases()
                .claim(new ClaimRequest(
                        "duel" + clients.indexOf(client),
                        UUID.randomUUID().toString(),
                        UUID.randomUUID().toString(),
                        count,
                        lease,
                        List.of(queues)))
                .map(claims -> claims.jobs()));
    }

    Mono<Settled> finish(JobClient client, ClaimedJob job) {
        return client.engine().leases().finish(attempt(job.execution()), null, Retention.RESULT_DEFAULT, List.of());
    }

    Mono<Settled> fail(JobClient client, ClaimedJob job) {
        return client.engine().leases().fail(attempt(job.execution()), "broken", true, List.of());
    }

    /** One of the ways in which an attempt can end, by a number. */
    Mono<Settled> end(JobClient client, ClaimedJob job, int way) {
        LeaseStore leases = client.engine().leases();
        Attempt attempt = attempt(job.execution());
        return switch (way % 5) {
            case 0 -> leases.finish(attempt, null, Retention.RESULT_DEFAULT, List.of());
            case 1 -> leases.fail(attempt, "broken", true, List.of());
            case 2 -> leases.stop(attempt, "stopped");
            case 3 -> leases.snooze(attempt, Duration.ofHours(1));
            default -> leases.release(List.of(job.execution()), true).map(settled -> settled.get(0));
        };
    }

    /** Returns what a queue tells while this is done to its jobs. */
    List<Happened> told(String queue, Runnable work) {
        Queue<JobEvent> heard = new ConcurrentLinkedQueue<>();
        Disposable listening =
                clients.get(0).queue(queue).events().doOnNext(heard::add).subscribe();
        // it begins with word that something may have been missed
        Eventually.holds(() -> assertThat(heard).isNotEmpty());
        work.run();
        redis.commands().publish(redis.key("events:" + queue), "progress the-end 100");
        Eventually.holds(
                () -> assertThat(happened(heard)).anyMatch(last -> last.job().equals(THE_END)));
        listening.dispose();
        return happened(heard);
    }

    private static List<Happened> happened(Queue<JobEvent> heard) {
        return heard.stream()
                .filter(Happened.class::isInstance)
                .map(Happened.class::cast)
                .toList();
    }

    List<JobClient> clients() {
        return clients;
    }

    static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static Attempt attempt(Execution execution) {
        Instant now = Instant.now();
        return new Attempt(execution, "duel", now.minusMillis(1), now);
    }

    private static <T> List<T> await(Flux<T> flux) {
        List<T> all = flux.collectList().block(Eventually.DEADLINE);
        if (all == null) {
            throw new AssertionError("nothing came");
        }
        return all;
    }

    @Override
    public void close() {
        clients.forEach(RedisExtension::close);
    }
}
