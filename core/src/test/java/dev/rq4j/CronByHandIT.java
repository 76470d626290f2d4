package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.CronStatus;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Overlap;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pausing, resuming and firing. */
class CronByHandIT extends CronScene {

    @Test
    void anEntryThatIsPausedIsNeverDueAndStaysSoWhenItIsPutAnew() {
        get(cron.put(entry("e", HOURLY)));
        await(cron.pause("e"));
        await(cron.pause("e"));

        assertThat(get(cron.get("e")).paused()).isTrue();
        assertThat(get(cron.get("e")).runs().next()).isNull();
        assertThat(due()).isEmpty();
        assertThat(get(cron.put(entry("e", HOURLY))).paused()).isTrue();
        assertThat(get(cron.put(entry("e", NIGHTLY))).paused()).isTrue();
        assertThat(due()).isEmpty();
        assertThat(all(cron.list())).extracting(CronStatus::name).containsExactly("e");
        assertThat(redis.commands().zscore(redis.key("cron"), "e")).isEqualTo(253370764800.0);
    }

    @Test
    void anEntryCanBePutPaused() {
        assertThat(get(cron.put(entry("e", HOURLY).with(to -> to.paused()))).paused())
                .isTrue();
        get(cron.put(entry("f", HOURLY)));
        assertThat(get(cron.put(entry("f", HOURLY).with(to -> to.paused()))).paused())
                .isTrue();

        assertThat(due()).isEmpty();
        await(cron.resume("e"));
        assertThat(get(cron.get("e")).paused()).isFalse();
    }

    @Test
    void whatCameWhileItWasPausedIsNotMadeUpForAndEvenStepsKeepTheirBeat() {
        get(cron.put(entry("steps", HOURLY)));
        Instant first = get(cron.get("steps")).runs().next();
        redis.commands()
                .zadd(redis.key("cron"), first.minusSeconds(2 * 3600 + 600).toEpochMilli() / 1e3, "steps");
        await(cron.pause("steps"));
        assertThat(all(cron.preview("steps", 1))).containsExactly(first.plusSeconds(3600 - 600));

        await(cron.resume("steps"));
        await(cron.resume("steps"));

        assertThat(get(cron.get("steps")).runs().next()).isEqualTo(first.plusSeconds(3600 - 600));
        assertThat(redis.hash("cron:steps")).doesNotContainKeys("paused", "planned");
        assertThat(due()).isEmpty();
    }

    @Test
    void firingMakesAJobOutOfTurn() {
        get(cron.put(CronEntry.of(
                        "nightly",
                        NIGHTLY,
                        "q",
                        ECHO.request(
                                "hello",
                                job -> job.timeout(Duration.ofSeconds(9)).description("report")))
                .with(to -> to.overlap(Overlap.SKIP))));
        double next = score("nightly");

        JobId first = get(cron.fire("nightly")).id();
        JobId second = get(cron.fire("nightly")).id();

        assertThat(redis.queue("q")).containsExactly(first.value(), second.value());
        assertThat(redis.job(first))
                .containsOnlyKeys(
                        "status",
                        "created_at",
                        "enqueued_at",
                        "data",
                        "origin",
                        "description",
                        "timeout",
                        "cron_name",
                        "cron_run")
                .containsEntry("status", "queued")
                .containsEntry("origin", "q")
                .containsEntry("description", "report")
                .containsEntry("timeout", "9")
                .containsEntry("cron_name", "nightly");
        assertThat(redis.job(first).get("created_at"))
                .startsWith(now().toString().substring(0, 13));
        assertThat(Double.parseDouble(redis.job(first).get("cron_run"))).isCloseTo(redis.now(), within(10.0));
        assertThat(redis.payload(first)).isEqualToIgnoringWhitespace("[\"tests.echo\",null,[\"hello\"],{}]");
        assertThat(score("nightly")).isEqualTo(next);
        assertThat(get(cron.get("nightly")).runs().made()).isEqualTo(2);
        assertThat(get(cron.get("nightly")).runs().lastJob()).isEqualTo(second);
    }

    @Test
    void aPausedEntryCanBeFiredAndStaysPaused() {
        get(cron.put(entry("e", HOURLY).with(to -> to.paused())));

        JobHandle<?> job = get(cron.fire("e"));

        assertThat(redis.queue("q")).containsExactly(job.id().value());
        assertThat(get(cron.get("e")).paused()).isTrue();
        assertThat(due()).isEmpty();
    }

    @Test
    void whatAFiredJobReturnsCanBeAwaited() {
        get(cron.put(entry("e", NIGHTLY)));
        JobHandle<?> job = get(cron.fire("e"));
        PretendWorker worker = new PretendWorker(jobs);
        worker.finish(worker.claimOne("q"), List.of("a", "b"));

        assertThat(job.result().block(Eventually.DEADLINE)).isEqualTo(List.of("a", "b"));
    }

    @Test
    void aFiredJobReturnsWhatItsTaskSays() {
        get(cron.put(entry("e", NIGHTLY)));
        JobHandle<String> job = get(cron.fire("e", ECHO));
        PretendWorker worker = new PretendWorker(jobs);
        worker.finish(worker.claimOne("q"), "done");

        assertThat(job.result().block(Eventually.DEADLINE)).isEqualTo("done");
    }
}
