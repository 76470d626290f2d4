package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Schedule;
import dev.rq4j.redis.CronRuns;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What tests of cron begin with: a namespace of their own, its table, and an entry whose runs are due when they say so. */
@ExtendWith(RedisExtension.class)
abstract class CronScene {

    /** The seconds from one hour to the next. */
    static final int STEP = 3600;

    static final Schedule HOURLY = Schedule.every(Duration.ofSeconds(STEP));
    static final Schedule NIGHTLY = Schedule.cron("0 3 * * *", ZoneId.of("Europe/Berlin"));

    JobClient jobs;
    RawRedis redis;
    CronTable cron;
    CronRuns runs;
    PretendWorker worker;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.cron = jobs.cron();
        this.runs = jobs.engine().cronRuns();
        this.worker = new PretendWorker(jobs);
    }

    /** Returns an entry of no particular kind. */
    static CronEntry entry(String name, Schedule schedule) {
        return CronEntry.of(name, schedule, "q", ECHO.request("hello"));
    }

    /** Puts the entry e, changed like this. */
    void put(Consumer<CronEntry.Builder> change) {
        get(cron.put(entry("e", HOURLY).with(change)));
    }

    /** Puts the entry e, which makes jobs like this. */
    void put(JobRequest<?> request, Consumer<CronEntry.Builder> change) {
        get(cron.put(CronEntry.of("e", HOURLY, "q", request).with(change)));
    }

    /** Moves the next run of e to so many seconds ago, and returns its time. */
    double makeDue(double ago) {
        double due = Math.floor((redis.now() - ago) * 1000) / 1000;
        redis.commands().zadd(redis.key("cron"), due, "e");
        return due;
    }

    /** Makes the runs of e that are due. */
    void make() {
        await(runs.make("e"));
    }

    /** Returns the names of what is due. */
    List<String> due() {
        return all(runs.due());
    }

    /** Returns the one job that waits. */
    JobId onlyJob() {
        assertThat(redis.queue("q")).hasSize(1);
        return JobId.of(redis.queue("q").get(0));
    }

    double score(String name) {
        return redis.score("cron", name);
    }

    /** Returns the server's time. */
    Instant now() {
        return Instant.ofEpochMilli((long) (redis.now() * 1000));
    }

    static <T> List<T> all(Flux<T> flux) {
        return get(flux.collectList());
    }

    static void await(Mono<?> mono) {
        mono.block(Eventually.DEADLINE);
    }
}
