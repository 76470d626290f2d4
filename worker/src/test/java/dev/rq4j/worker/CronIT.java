package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Missed;
import dev.rq4j.job.Schedule;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is put into the table of cron is done while a worker runs, whatever its queues. */
class CronIT extends Scene {

    @Test
    void aWorkerRunsWhatIsToBeDoneAgainAndAgain() {
        run(worker());
        // on a machine that is slow several runs are due at once, and each is to be seen
        get(jobs.cron()
                .put(CronEntry.of("beat", Schedule.every(Duration.ofSeconds(1)), QUEUE, ACT.request("succeed"))
                        .with(to -> to.missed(Missed.all(100)))));

        Eventually.holds(() -> {
            var runs = get(jobs.cron().get("beat")).runs();
            assertThat(runs.made()).isGreaterThanOrEqualTo(3);
            assertThat(status(runs.lastJob())).isEqualTo("finished");
        });

        await(jobs.cron().pause("beat"));
        var times = jobs.cron()
                .history("beat")
                .map(JobId::value)
                .map(id -> Double.parseDouble(redis.job(JobId.of(id)).get("cron_run")))
                .collectList()
                .block();
        for (int i = 1; i < times.size(); i++) {
            assertThat(Math.round((times.get(i - 1) - times.get(i)) * 1000)).isEqualTo(1000);
        }
    }

    @Test
    void aWorkerOfOtherQueuesMakesTheRunsToo() {
        run(worker(jobs).queues("others").handle(ACT, script));
        get(jobs.cron().put(CronEntry.of("e", Schedule.every(Duration.ofHours(1)), QUEUE, ACT.request("succeed"))));

        Eventually.holds(() -> assertThat(redis.queue(QUEUE)).hasSize(1));
    }
}
