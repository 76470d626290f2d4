package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.CronStatus;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Missed;
import dev.rq4j.job.Overlap;
import dev.rq4j.job.Schedule;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class CronTableIT extends CronScene {

    @Test
    void anEntryIsPutAndShownAsItIs() {
        CronStatus status = get(cron.put(
                entry("nightly", NIGHTLY).with(to -> to.missed(Missed.all(5)).overlap(Overlap.SKIP))));

        assertThat(status).isEqualTo(get(cron.get("nightly")));
        assertThat(status.name()).isEqualTo("nightly");
        assertThat(status.schedule()).isEqualTo(NIGHTLY);
        assertThat(status.queue()).isEqualTo("q");
        assertThat(status.task()).isEqualTo("tests.echo");
        assertThat(status.missed()).isEqualTo(Missed.all(5));
        assertThat(status.overlap()).isEqualTo(Overlap.SKIP);
        assertThat(status.paused()).isFalse();
        assertThat(status.runs()).isEqualTo(new CronStatus.Runs(NIGHTLY.next(now()), null, null, 0, 0));
        assertThat(score("nightly")).isEqualTo(NIGHTLY.next(now()).getEpochSecond());
        assertThat(redis.keys()).containsExactlyInAnyOrder("cron", "cron:nightly");
    }

    @Test
    void evenStepsBeginAtOnce() {
        CronStatus status = get(cron.put(entry("steps", HOURLY)));

        assertThat(status.runs().next()).isCloseTo(now(), within(5, ChronoUnit.SECONDS));
        assertThat(status.runs().next()).isBeforeOrEqualTo(now());
    }

    @Test
    void anEntryThatIsPutAnewWithTheSameScheduleKeepsItsNextRunAndWhatItHasMade() {
        cron.put(entry("steps", HOURLY)).block();
        JobId first = get(cron.fire("steps")).id();
        double next = score("steps");

        CronStatus status =
                get(cron.put(CronEntry.of("steps", HOURLY, "other", ECHO.request("new", job -> job.atFront()))
                        .with(to -> to.missed(Missed.skip()))));

        assertThat(score("steps")).isEqualTo(next);
        assertThat(status.missed()).isEqualTo(Missed.skip());
        assertThat(status.queue()).isEqualTo("other");
        assertThat(status.runs().made()).isEqualTo(1);
        assertThat(status.runs().lastJob()).isEqualTo(first);
        JobId second = get(cron.fire("steps")).id();
        assertThat(redis.payload(second)).contains("new");
        assertThat(redis.queue("other")).containsExactly(second.value());
    }

    @Test
    void anEntryThatIsPutAnewLosesWhatItsJobsHadBefore() {
        get(cron.put(CronEntry.of(
                "e",
                HOURLY,
                "q",
                ECHO.request("", job -> job.resultTtl(Duration.ofHours(1)).atFront()))));
        get(cron.put(entry("e", HOURLY)));

        assertThat(redis.hash("cron:e")).doesNotContainKeys("field:result_ttl", "directive:front");
    }

    @Test
    void anEntryThatIsPutAnewWithAnotherScheduleRunsByIt() {
        get(cron.put(entry("e", NIGHTLY)));

        CronStatus status = get(cron.put(entry("e", Schedule.cron("0 3 * * *"))));

        assertThat(status.runs().next()).isEqualTo(Schedule.cron("0 3 * * *").next(now()));
    }

    @Test
    void anEntryIsRemovedWithItsHistoryAndItsJobsStay() {
        get(cron.put(entry("e", HOURLY)));
        JobId job = get(cron.fire("e")).id();

        assertThat(get(cron.remove("e"))).isTrue();
        assertThat(get(cron.remove("e"))).isFalse();

        assertThat(get(cron.find("e").hasElement())).isFalse();
        assertThat(redis.queue("q")).containsExactly(job.value());
        assertThat(redis.keys()).containsExactlyInAnyOrder("queues", "queue:q", "job:" + job, "tombstones");
    }

    @Test
    void entriesAreListedInTheOrderOfTheirNextRuns() {
        get(cron.put(entry("paused", HOURLY).with(to -> to.paused())));
        get(cron.put(entry("yearly", Schedule.cron("@yearly"))));
        get(cron.put(entry("now", HOURLY)));
        get(cron.put(entry("minutely", Schedule.cron("* * * * *"))));
        redis.commands().zadd(redis.key("cron"), 1, "listed and not there");

        assertThat(all(cron.list()))
                .extracting(CronStatus::name)
                .containsExactly("now", "minutely", "yearly", "paused");
    }

    @Test
    void theNextRunsAreShown() {
        get(cron.put(entry("nightly", NIGHTLY)));

        assertThat(all(cron.preview("nightly", 3))).isEqualTo(NIGHTLY.preview(now(), 3));
        assertThat(all(cron.preview("nightly", 0))).isEmpty();
        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> all(cron.preview("nightly", -1)));
    }

    @Test
    void theHistoryHasTheNewestThousandFirstAndGoesAfterAYear() {
        get(cron.put(entry("e", HOURLY)));
        for (int i = 0; i < 1005; i++) {
            redis.commands().zadd(redis.key("cron_job:e:jobs"), i, "job-" + i);
        }

        JobId newest = get(cron.fire("e")).id();

        List<JobId> history = all(cron.history("e"));
        assertThat(history)
                .hasSize(1000)
                .startsWith(newest, JobId.of("job-1004"))
                .endsWith(JobId.of("job-6"));
        assertThat(all(cron.history("e", 1, 2))).containsExactly(JobId.of("job-1004"), JobId.of("job-1003"));
        assertThat(all(cron.history("e", 0, 0))).isEmpty();
        assertThat(redis.ttl("cron_job:e:jobs")).isCloseTo(31_536_000L, within(60L));
        assertThat(redis.score("cron_job:e:jobs", newest.value())).isCloseTo(redis.now(), within(10.0));
    }

    @Test
    void whoHasNoEntryIsToldSo() {
        for (Mono<?> call : List.of(
                cron.get("e"),
                cron.pause("e"),
                cron.resume("e"),
                cron.fire("e"),
                cron.preview("e", 1).next())) {
            assertThatExceptionOfType(JobException.NoSuchCronEntry.class)
                    .isThrownBy(() -> await(call))
                    .withMessage("there is no cron entry \"e\": never put, or removed");
        }
        assertThat(all(cron.history("e"))).isEmpty();
        assertThat(all(cron.list())).isEmpty();
        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void malformedNamesAndInputsAreRefusedBeforeAnythingIsSent() {
        for (Mono<?> call : List.of(
                cron.get("a:b"),
                cron.find("a:b"),
                cron.pause("a:b"),
                cron.resume("a:b"),
                cron.fire("a:b"),
                cron.remove("a:b"),
                cron.preview("a:b", 1).next(),
                cron.history("a:b").next())) {
            assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> await(call));
        }
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> get(cron.put(CronEntry.of("e", HOURLY, "q", ECHO.request("x".repeat(2 << 20))))));
        assertThat(redis.keys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"schedule", "zone", "missed", "overlap", "runs", "last_job", "last_run", "planned", "queue"})
    void anEntryWithAnAbsurdFieldIsShownAllTheSame(String field) {
        get(cron.put(entry("e", NIGHTLY)));
        redis.commands().hset(redis.key("cron:e"), field, "absurd \u0000 1e999999999");

        assertThat(get(cron.get("e")).name()).isEqualTo("e");
    }

    @Test
    void whatHasAnotherTypeUnderItsKeyIsNoEntryAndIsNotOverwritten() {
        get(cron.put(entry("good", HOURLY)));
        redis.commands().set(redis.key("cron:e"), "a string");
        redis.commands().zadd(redis.key("cron"), 1, "e");

        assertThat(all(cron.list())).extracting(CronStatus::name).containsExactly("good");
        assertThatExceptionOfType(JobException.NoSuchCronEntry.class).isThrownBy(() -> get(cron.get("e")));
        assertThatExceptionOfType(JobException.ServerError.class).isThrownBy(() -> get(cron.put(entry("e", HOURLY))));
        assertThatExceptionOfType(JobException.ServerError.class).isThrownBy(() -> await(cron.pause("e")));

        assertThat(redis.commands().get(redis.key("cron:e"))).isEqualTo("a string");
    }

    @Test
    void whoWaitsForWhatIsDueIsWoken() {
        List<byte[]> wakes = new CopyOnWriteArrayList<>();
        var listening = jobs.engine().times().wakes().subscribe(wakes::add);
        String channel = redis.key("wake");
        Eventually.holds(
                () -> assertThat(redis.commands().pubsubNumsub(channel)).containsEntry(channel, 1L));

        get(cron.put(entry("nightly", NIGHTLY)));
        get(cron.put(entry("steps", HOURLY)));
        Eventually.holds(() -> assertThat(wakes).hasSize(1));

        listening.dispose();
    }
}
