package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import org.junit.jupiter.api.Test;

/** Answers are lost, and keys are not what they should be: no run is lost or made twice by that. */
class CronTroubleIT extends CronScene {

    /** How Redis spells the answer that says that runs were made. */
    private static final String DONE = "*2\r\n:1\r\n";

    @Test
    void aRunIsMadeOnceThoughTheAnswerIsLost() {
        put(to -> {});
        lossy((lossy, proxy) -> {
            makeDue(5);
            proxy.swallowAnswers(1, DONE);
            lossy.engine().cronRuns().make("e").block(Eventually.DEADLINE);
            assertThat(proxy.swallowed()).isEqualTo(1);
        });

        assertThat(redis.queue("q")).hasSize(1);
        assertThat(get(cron.get("e")).runs().made()).isEqualTo(1);
    }

    @Test
    void whatIsFiredByHandIsMadeOnceThoughTheAnswerIsLost() {
        put(to -> {});
        lossy((lossy, proxy) -> {
            proxy.swallowAnswers(1, DONE);
            JobId id = get(lossy.cron().fire("e")).id();
            assertThat(proxy.swallowed()).isEqualTo(1);
            assertThat(redis.queue("q")).containsExactly(id.value());
        });

        assertThat(get(cron.get("e")).runs().made()).isEqualTo(1);
    }

    @Test
    void anEntryIsRemovedThoughTheAnswerIsLost() {
        put(to -> {});
        lossy((lossy, proxy) -> {
            proxy.swallowAnswers(1);
            assertThat(get(lossy.cron().remove("e"))).isTrue();
            assertThat(proxy.swallowed()).isEqualTo(1);
        });

        assertThat(redis.keys()).doesNotContain("cron", "cron:e");
    }

    @Test
    void anEntryThatIsListedAndNotThereIsTakenOffTheList() {
        redis.commands().zadd(redis.key("cron"), 1, "e");

        make();

        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void anEntryWhoseQueueIsNoListFiresNothingAndStaysDue() {
        put(to -> {});
        double due = makeDue(5);
        redis.commands().set(redis.key("queue:q"), "a string");

        assertThatExceptionOfType(JobException.ServerError.class).isThrownBy(this::make);

        assertThat(redis.score("cron", "e")).isCloseTo(due, within(0.001));
        assertThat(get(cron.get("e")).runs().made()).isZero();
        assertThat(redis.keys()).doesNotContain("cron_job:e:jobs").noneMatch(key -> key.startsWith("job:"));
    }

    @Test
    void aHistoryOfTheWrongTypeKeepsNothingFromRunning() {
        put(to -> {});
        makeDue(5);
        redis.commands().set(redis.key("cron_job:e:jobs"), "a string");

        make();

        assertThat(redis.queue("q")).hasSize(1);
        assertThat(get(runs.due().collectList())).isEmpty();
    }

    @Test
    void whatCannotBeRunIsPutOffForAMinuteAndKeepsTheRunThatWasDue() {
        put(to -> {});
        double due = makeDue(5);

        runs.postpone("e").block(Eventually.DEADLINE);
        runs.postpone("e").block(Eventually.DEADLINE);

        assertThat(redis.score("cron", "e")).isCloseTo(redis.now() + 60, within(10.0));
        assertThat(get(cron.get("e")).runs().next().toEpochMilli()).isEqualTo(Math.round(due * 1000));
        makeDue(0);
        make();
        assertThat(redis.job(onlyJob())).containsEntry("cron_run", String.format("%.3f", due));
        assertThat(redis.score("cron", "e")).isCloseTo(due + STEP, within(0.001));
        assertThat(redis.hash("cron:e")).doesNotContainKey("planned");
    }

    private interface Trouble {
        void with(JobClient lossy, TcpProxy proxy);
    }

    /** Does something over a connection that loses answers. */
    private void lossy(Trouble trouble) {
        knowTheScripts();
        try (TcpProxy proxy = new TcpProxy(RedisExtension.uri())) {
            JobClient lossy = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
            lossy.ping().block(Eventually.DEADLINE);
            trouble.with(lossy, proxy);
            RedisExtension.close(lossy);
        }
    }

    /** Lets the server learn them, so that the next answer is the one that counts. */
    private void knowTheScripts() {
        get(cron.put(CronEntry.of("warm", HOURLY, "warm", ECHO.request(""))));
        get(cron.fire("warm"));
        get(cron.remove("warm"));
    }
}
