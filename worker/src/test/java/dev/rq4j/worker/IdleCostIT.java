package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.RateLimit;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a worker with nothing or little to do asks of Redis. */
@Isolated("it counts the commands of a server")
class IdleCostIT extends Scene {

    private static final int SCHEDULED = 100_000;
    private static final int HELD_BACK = 1000;
    private static final Duration WHILE = Duration.ofSeconds(4);
    /** In which each worker does once what it does most seldom, but for what it does in a minute. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final int MORE = 5;
    private static final int MANY = 100;

    private final EmbeddedRedis server = EmbeddedRedis.start();

    /** A Redis of this test's own, on which nobody else counts. */
    @Override
    @BeforeEach
    void meet(JobClient shared, RawRedis sharedRedis) {
        super.meet(JobClient.connect(server.uri()), new RawRedis(server.uri(), "rq"));
    }

    @AfterEach
    void leave() {
        stopWorkers();
        RedisExtension.close(jobs);
        redis.close();
        server.close();
    }

    @Test
    void manyWorkersCostLittleMoreThanOne() {
        run(worker());
        awaitWaiting(1);
        Traffic one = Traffic.of(this::info, LONG);

        for (int i = 0; i < MORE; i++) {
            run(worker());
        }
        awaitWaiting(1 + MORE);
        Traffic all = Traffic.of(this::info, LONG);

        System.out.printf("in %d s: an idle worker %s; %d idle workers %s%n", LONG.toSeconds(), one, 1 + MORE, all);
        assertThat(one.commands()).isLessThan(20 * LONG.toSeconds());
        assertThat(all.commands() - one.commands()).isLessThan(2 * MORE * LONG.toSeconds());
    }

    private void awaitWaiting(int workers) {
        Eventually.holds(() ->
                assertThat(redis.commands().clientList().split("cmd=blmove")).hasSize(workers + 1));
    }

    @Test
    void jobsThatAreScheduledForLaterCostNothing() {
        run(worker());
        await(enqueue("x").result());
        Traffic without = Traffic.of(this::info);

        long made = get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, SCHEDULED).map(i -> ACT.request("x", job -> job.delay(Duration.ofHours(1)))))
                .count());
        Traffic with = Traffic.of(this::info);

        System.out.printf(
                "an idle worker, in %d s: %s; with %,d jobs scheduled: %s%n", WHILE.toSeconds(), without, made, with);
        // on a busy machine it looks once less or more
        assertThat(with.commands() - without.commands()).isLessThan(10 * WHILE.toSeconds());
        assertThat(without.commands()).isLessThan(25 * WHILE.toSeconds());
    }

    @Test
    void jobsThatAreHeldBackByALimitCostNothing() {
        run(worker());
        await(enqueue("x").result());
        Traffic without = Traffic.of(this::info);

        enqueueMany(HANG, RateLimit.concurrency("one-at-a-time", 1));
        enqueueMany("x", RateLimit.rate("one-an-hour", 1, Duration.ofHours(1)));
        Eventually.holds(() -> {
            assertThat(redis.commands().zcard(redis.key("rl:one-at-a-time:rate_limited")))
                    .isEqualTo(HELD_BACK - 1);
            assertThat(redis.commands().zcard(redis.key("rate:one-an-hour:waiting")))
                    .isEqualTo(HELD_BACK - 1);
            assertThat(held(QUEUE)).hasSize(1);
        });
        Traffic with = Traffic.of(this::info);

        System.out.printf(
                "an idle worker, in %d s: %s; with %d jobs held back by a key, and as many by a rate: %s%n",
                WHILE.toSeconds(), without, HELD_BACK, with);
        // the job that runs has a lease to extend now and then
        assertThat(with.commands() - without.commands()).isLessThan(10 * WHILE.toSeconds());
        assertThat(script.started()).hasSize(3);
    }

    @Test
    void jobsOfAPausedQueueCostNextToNothing() {
        JobQueue paused = jobs.queue("paused");
        await(paused.pause());
        run(worker().queues("paused", QUEUE));
        await(enqueue("x").result());
        Traffic without = Traffic.of(this::info);

        get(paused.enqueueAll(Flux.range(0, 1000).map(i -> ACT.request("x"))).count());
        Traffic with = Traffic.of(this::info);
        await(jobs.queue(QUEUE).pause());
        enqueue("x");
        Traffic all = Traffic.of(this::info);

        System.out.printf(
                "an idle worker, in %d s: with a paused queue %s; with jobs in it %s; with all its queues paused %s%n",
                WHILE.toSeconds(), without, with, all);
        // it looks once a second, with one script of some commands
        assertThat(with.commands()).isLessThan(35 * WHILE.toSeconds());
        assertThat(all.commands()).isLessThan(35 * WHILE.toSeconds());
    }

    @Test
    void suspendedWorkCostsNextToNothing() {
        await(jobs.suspend());
        run(worker());
        enqueue("x");

        Traffic suspended = Traffic.of(this::info);

        System.out.printf("an idle worker, in %d s: suspended %s%n", WHILE.toSeconds(), suspended);
        assertThat(suspended.commands()).isLessThan(30 * WHILE.toSeconds());
    }

    @Test
    void jobsThatComeOneByOneAreClaimedOnceEach() {
        run(worker());
        await(enqueue("x").result());
        long before = claims();

        Instant began = Instant.now();
        for (int i = 0; i < MANY; i++) {
            await(jobs.queue(QUEUE).enqueueAndAwait(ACT, "x"));
        }
        long moments = Duration.between(began, Instant.now()).toMillis() / 50;

        assertThat(claims() - before).isBetween((long) MANY, MANY + moments + 2);
    }

    /** Each takes from the one queue once. */
    private long claims() {
        return Pattern.compile("cmdstat_lpop:calls=(\\d+)")
                .matcher(redis.commands().info("commandstats"))
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private void enqueueMany(String act, RateLimit limit) {
        get(jobs.queue(QUEUE)
                .enqueueAll(Flux.range(0, HELD_BACK).map(i -> ACT.request(act, job -> job.limit(limit))))
                .count());
    }

    private long info(String field) {
        return redis.commands()
                .info()
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(field.length() + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    /**
     * What came and went in a while.
     *
     * @param commands how many commands were carried out, those within scripts included
     * @param in bytes that came in
     * @param out bytes that went out
     */
    private record Traffic(long commands, long in, long out) {

        interface Counter {
            long of(String field);
        }

        static Traffic of(Counter counter) {
            return of(counter, WHILE);
        }

        static Traffic of(Counter counter, Duration time) {
            Traffic before = now(counter);
            await(Mono.delay(time));
            Traffic after = now(counter);
            return new Traffic(after.commands - before.commands, after.in - before.in, after.out - before.out);
        }

        private static Traffic now(Counter counter) {
            return new Traffic(
                    counter.of("total_commands_processed"),
                    counter.of("total_net_input_bytes"),
                    counter.of("total_net_output_bytes"));
        }

        @Override
        public String toString() {
            return commands + " commands, " + in + " bytes in, " + out + " bytes out";
        }
    }
}
