package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.CronStatus;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Missed;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Which runs are made when their time has come, and what the jobs are. */
class CronRunsIT extends CronScene {

    @Test
    void aRunThatIsDueBecomesAJobThatAnybodyCanRun() {
        put(to -> {});
        double due = makeDue(5);
        assertThat(get(runs.due().collectList())).containsExactly("e");

        make();

        JobId id = onlyJob();
        assertThat(redis.job(id))
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
                .containsEntry("cron_run", String.format("%.3f", due));
        assertThat(redis.payload(id)).isEqualToIgnoringWhitespace("[\"tests.echo\",null,[\"hello\"],{}]");
        assertThat(redis.commands().smembers(redis.key("queues"))).containsExactly(redis.key("queue:q"));
        CronStatus.Runs after = get(cron.get("e")).runs();
        assertThat(after.next().toEpochMilli()).isEqualTo(Math.round((due + STEP) * 1000));
        assertThat(after.last().toEpochMilli()).isEqualTo(Math.round(due * 1000));
        assertThat(after.lastJob()).isEqualTo(id);
        assertThat(after.made()).isEqualTo(1);
        assertThat(cron.history("e").collectList().block()).containsExactly(id);
        assertThat(get(runs.due().collectList())).isEmpty();
    }

    @Test
    void whatIsNotDueIsNotMade() {
        put(to -> {});
        makeDue(-30);

        make();

        assertThat(redis.queue("q")).isEmpty();
        assertThat(get(cron.get("e")).runs().made()).isZero();
    }

    @ParameterizedTest(name = "at most {0}, the next run was due {1} s ago: made are those of {2} s ago")
    @CsvSource({
        "0,    5, 5",
        "0,   60, ''",
        "0, 7300, ''",
        "0, 7205, 5",
        "1,    5, 5",
        "1, 7300, 100",
        "2,    5, 5",
        "2, 7300, 3700 100",
        "9, 7300, 7300 3700 100"
    })
    void whatWasMissedIsMadeUpForAsTheEntrySays(int atMost, int ago, String made) {
        put(to -> to.missed(new Missed(atMost)));
        // a bit later than it says, so that a minute is over where it is to be
        double due = makeDue(ago + 0.5);

        make();

        List<String> times = new ArrayList<>();
        for (String part : made.isEmpty() ? new String[0] : made.split(" ")) {
            times.add(String.format("%.3f", due + ago - Integer.parseInt(part)));
        }
        assertThat(redis.queue("q"))
                .map(id -> redis.job(JobId.of(id)).get("cron_run"))
                .isEqualTo(times);
        assertThat(cron.history("e").map(JobId::value).collectList().block()).isEqualTo(reversed(redis.queue("q")));
        assertThat(redis.score("cron", "e")).isCloseTo(due + (ago / STEP + 1) * STEP, within(0.001));
    }

    @Test
    void theJobsHaveWhatTheirRequestAsksFor() {
        put(
                ECHO.request(
                        "hello",
                        job -> job.delay(Duration.ofMinutes(5))
                                .ttl(Duration.ofHours(2))
                                .retry(RetryPolicy.times(3))
                                .limit(RateLimit.concurrency("key", 2))
                                .atFront()),
                to -> {});
        makeDue(5);

        make();

        JobId id = get(cron.get("e")).runs().lastJob();
        assertThat(redis.job(id))
                .containsEntry("status", "scheduled")
                .containsEntry("retries_left", "3")
                .containsEntry("rate_limit_key", "key")
                .containsEntry("ttl", "7200")
                .containsEntry("enqueue_at_front", "1");
        assertThat(redis.score("scheduled:q", id.value())).isCloseTo(redis.now() + 300, within(10.0));
    }

    @Test
    void manyRunsAndLargeJobsAreMadeInParts() {
        put(to -> to.missed(Missed.all(1000)));
        makeDue(149 * STEP + 5);
        make();
        assertThat(redis.queue("q")).hasSize(100);
        make();
        assertThat(redis.queue("q")).hasSize(150);
        make();
        assertThat(redis.queue("q")).hasSize(150);

        StringBuilder large = new StringBuilder();
        new Random(1).ints(700_000, 'A', 'z').forEach(letter -> large.append((char) letter));
        put(ECHO.request(large.toString()), to -> to.missed(Missed.all(1000)));
        redis.commands().del(redis.key("queue:q"));
        makeDue(2 * STEP + 5);
        for (int made = 1; made <= 3; made++) {
            assertThat(get(runs.due().collectList())).containsExactly("e");
            make();
            assertThat(redis.queue("q")).hasSize(made);
        }
        assertThat(get(runs.due().collectList())).isEmpty();
    }

    @Test
    void aRunIsMadeOnceWhileTheEntryIsPutAnewAndOthersMakeItToo() {
        put(to -> {});
        for (int i = 1; i <= 20; i++) {
            makeDue(5);
            Mono.when(cron.put(CronEntry.of("e", HOURLY, "q", ECHO.request("new"))), runs.make("e"), runs.make("e"))
                    .then(runs.make("e"))
                    .block(Eventually.DEADLINE);
            assertThat(redis.queue("q")).hasSize(i);
        }
    }

    private static <T> List<T> reversed(List<T> list) {
        List<T> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return reversed;
    }
}
