package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.Schedule;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.scheduler.Schedulers;

/** What was worked out for an entry that has changed meanwhile is not carried out. */
@ExtendWith(RedisExtension.class)
class StaleCronIT {

    private static final Task<String, Void> ECHO = Task.of("tests.echo", String.class, Void.class);

    private RawRedis raw;
    private RedisConnections connections;
    private Redis redis;
    private CronStore store;
    private CronRecord old;

    @BeforeEach
    void readBeforeItChanges(JobClient jobs, RawRedis raw) {
        this.raw = raw;
        this.connections = new RedisConnections(RedisEndpoint.of(RedisExtension.uri()), new ServerCheck(false));
        this.redis = new Redis(connections, new Keys(raw.prefix()), Schedulers.immediate());
        this.store = jobs.engine().cron();
        put("before");
        this.old = store.existing("e").block(Eventually.DEADLINE);
    }

    @AfterEach
    void close() {
        connections.close().block(Eventually.DEADLINE);
    }

    @Test
    void jobsOfAnEntryThatWasPutAnewAreNotMade() {
        put("after");

        assertThat(fire(old.listedScore())).containsExactly(0L);
        assertThat(fire("")).as("out of turn").containsExactly(0L);

        assertThat(raw.queue("q")).isEmpty();
        assertThat(raw.score("cron", "e")).isEqualTo(Double.parseDouble(old.listedScore()));
    }

    @Test
    void jobsOfAnEntryThatWasRemovedAreNotMadeThoughAnotherHasItsName() {
        store.remove("e").block(Eventually.DEADLINE);
        assertThat(fire(old.listedScore())).containsExactly(0L);
        put("after");
        raw.commands().zadd(raw.key("cron"), Double.parseDouble(old.listedScore()), "e");

        assertThat(fire(old.listedScore())).containsExactly(0L);

        assertThat(raw.queue("q")).isEmpty();
    }

    @Test
    void aRunThatWasMadeIsNotMadeAgain() {
        assertThat(fire(old.listedScore()).get(0)).isEqualTo(1L);
        assertThat(fire(old.listedScore())).containsExactly(0L);

        assertThat(raw.queue("q")).hasSize(1);
    }

    @Test
    void aRunOfAnEntryThatWasPausedIsNotMade() {
        store.pause("e").block(Eventually.DEADLINE);

        assertThat(fire(old.listedScore())).containsExactly(0L);

        assertThat(raw.queue("q")).isEmpty();
    }

    @Test
    void anEntryThatWasPutAnewIsNotResumedByTheOldSchedule() {
        store.pause("e").block(Eventually.DEADLINE);
        put("after");

        Args resume = Args.of(redis.keys()).add("e").add(old.generation()).add(5);
        assertThat(redis.number(LuaScript.named("resume-cron"), resume).block(Eventually.DEADLINE))
                .isZero();

        assertThat(raw.hash("cron:e")).containsKey("paused");
    }

    private List<Object> fire(String listed) {
        Args args = Args.of(redis.keys())
                .add("e")
                .add(old.generation())
                .add(listed)
                .add(WireTime.score(old.next()))
                .add(listed);
        old.job(old.now()).addTo(args);
        return redis.list(LuaScript.named("fire"), args).block(Eventually.DEADLINE);
    }

    private void put(String input) {
        store.put(CronEntry.of("e", Schedule.every(Duration.ofHours(1)), "q", ECHO.request(input)))
                .block(Eventually.DEADLINE);
    }
}
