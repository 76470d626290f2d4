package dev.rq4j.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.JobClient;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Missed;
import dev.rq4j.job.Schedule;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@ExtendWith(RedisExtension.class)
class CronTickerIT {

    private static final Task<String, String> ECHO = Task.of("tests.echo", String.class, String.class);
    private static final Schedule HOURLY = Schedule.every(Duration.ofHours(1));
    private static final Schedule SECONDLY = Schedule.every(Duration.ofSeconds(1));
    private static final int ENTRIES = 12;
    private static final int TICKERS = 4;
    private static final int TICKS = 60;

    private JobClient jobs;
    private RawRedis redis;
    private CronTicker ticker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.ticker = new CronTicker(jobs.engine().cronRuns());
    }

    @Test
    void whatIsDueIsMadeAndWhatIsNotIsLeftAlone() {
        put("one", HOURLY);
        put("two", HOURLY);
        put("yearly", Schedule.cron("@yearly"));

        tick();
        tick();

        assertThat(redis.queue("one")).hasSize(1);
        assertThat(redis.queue("two")).hasSize(1);
        assertThat(redis.queue("yearly")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 25 * * *", "@every never", ""})
    void anEntryThatNobodyCanReadIsPutOffAndKeepsNoOtherFromRunning(String schedule) {
        put("good", HOURLY);
        put("bad", HOURLY);
        redis.commands().hset(redis.key("cron:bad"), "schedule", schedule);

        tick();

        assertThat(redis.queue("good")).hasSize(1);
        assertThat(redis.queue("bad")).isEmpty();
        assertThat(redis.score("cron", "bad")).isCloseTo(redis.now() + 60, within(10.0));

        put("bad", HOURLY);
        tick();

        assertThat(redis.queue("bad")).hasSize(1);
    }

    @Test
    void anEntryThatIsSomethingElseKeepsNoOtherFromRunning() {
        put("good", HOURLY);
        put("blocked", HOURLY);
        redis.commands().set(redis.key("queue:blocked"), "a string");
        redis.commands().set(redis.key("cron:string"), "a string");
        for (String name : List.of("string", "gone")) {
            redis.commands().zadd(redis.key("cron"), 1, name);
        }
        redis.commands().zadd(redis.key("cron"), Double.NEGATIVE_INFINITY, "good");

        tick();

        assertThat(redis.score("cron", "gone")).isNull();
        assertThat(redis.score("cron", "string")).isCloseTo(redis.now() + 60, within(10.0));
        assertThat(redis.score("cron", "blocked")).isCloseTo(redis.now() + 60, within(10.0));
    }

    /** Many tickers, each with a client of its own, while the entries are put anew all the time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void eachRunIsMadeOnceHoweverManyTickersThereAre(long seed) {
        Random random = new Random(seed);
        Map<String, Long> firsts = IntStream.range(0, ENTRIES)
                .mapToObj(i -> "e" + i)
                .collect(Collectors.toMap(Function.identity(), name -> putInThePast(name, random)));
        List<JobClient> clients = IntStream.range(0, TICKERS)
                .mapToObj(i -> RedisExtension.connect(redis.prefix()))
                .toList();

        Flux<Void> ticking = Flux.fromIterable(clients)
                .map(client -> new CronTicker(client.engine().cronRuns()))
                .flatMap(one -> Flux.range(0, TICKS)
                        .concatMap(i -> one.tick().delaySubscription(Duration.ofMillis(random.nextInt(40)))));
        Flux<Void> putting = Flux.range(0, TICKS)
                .concatMap(i -> jobs.cron()
                        .put(entry("e" + random.nextInt(ENTRIES), SECONDLY))
                        .delaySubscription(Duration.ofMillis(random.nextInt(40)))
                        .then());
        Flux.merge(ticking, putting).blockLast(Eventually.DEADLINE);
        clients.forEach(RedisExtension::close);

        firsts.forEach((name, first) -> {
            List<Long> made = redis.queue(name).stream()
                    .map(id -> millis(redis.job(JobId.of(id)).get("cron_run")))
                    .toList();
            long next = Math.round(redis.score("cron", name) * 1000);
            assertThat(made)
                    .as("the runs of %s, seed %d", name, seed)
                    .isEqualTo(LongStream.iterate(first, run -> run < next, run -> run + 1000)
                            .boxed()
                            .toList());
            assertThat(redis.hash("cron:" + name)).containsEntry("runs", String.valueOf(made.size()));
        });
    }

    /** Puts an entry that was last run a while ago, and returns when its next run was due. */
    private long putInThePast(String name, Random random) {
        put(name, SECONDLY);
        long first = (long) (redis.now() * 1000) - random.nextInt(30_000);
        redis.commands().zadd(redis.key("cron"), first / 1e3, name);
        return first;
    }

    private void put(String name, Schedule schedule) {
        jobs.cron().put(entry(name, schedule)).block(Eventually.DEADLINE);
    }

    /** Each entry has a queue of its own. */
    private static CronEntry entry(String name, Schedule schedule) {
        return CronEntry.of(name, schedule, name, ECHO.request("hello")).with(to -> to.missed(Missed.all(1000)));
    }

    private void tick() {
        Mono<Void> once = ticker.tick();
        once.block(Eventually.DEADLINE);
    }

    private static long millis(String seconds) {
        return Math.round(Double.parseDouble(seconds) * 1000);
    }
}
