package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Schedule;
import dev.rq4j.testing.RedisExtension;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A page is counted from the beginning, and from nowhere else. */
@ExtendWith(RedisExtension.class)
class PagesIT {

    private JobClient jobs;
    private JobQueue queue;

    @BeforeEach
    void fill(JobClient jobs) {
        this.jobs = jobs;
        this.queue = jobs.queue("q");
        PretendWorker worker = new PretendWorker(jobs);
        for (int i = 0; i < 3; i++) {
            worker.enqueue("q");
            worker.finish(worker.claimOne("q"), "done");
            worker.enqueue("waiting");
        }
        get(jobs.cron().put(CronEntry.of("daily", Schedule.cron("@daily"), "cron", ECHO.request("x"))));
        get(jobs.cron().fire("daily"));
    }

    @Test
    void aPageBeforeTheBeginningIsRefused() {
        for (Flux<?> page : pages(-2, 10)) {
            StepVerifier.create(page)
                    .expectErrorSatisfies(refused -> assertThat(refused)
                            .isInstanceOf(JobException.Invalid.class)
                            .hasMessage("the offset of a page must not be negative, but was -2"))
                    .verify();
        }
    }

    @Test
    void aPageOfLessThanNothingIsRefused() {
        for (Flux<?> page : pages(0, -1)) {
            StepVerifier.create(page)
                    .expectErrorSatisfies(refused -> assertThat(refused)
                            .isInstanceOf(JobException.Invalid.class)
                            .hasMessage("the count of a page must not be negative, but was -1"))
                    .verify();
        }
    }

    @Test
    void aPageBeyondTheEndIsEmptyAndSoIsOneOfNothing() {
        for (Flux<?> page : pages(Long.MAX_VALUE, 10)) {
            assertThat(get(page.collectList())).isEmpty();
        }
        for (Flux<?> page : pages(Long.MAX_VALUE - 9, 10)) {
            assertThat(get(page.collectList())).isEmpty();
        }
        for (Flux<?> page : pages(0, 0)) {
            assertThat(get(page.collectList())).isEmpty();
        }
        for (Flux<?> page : pages(0, Integer.MAX_VALUE)) {
            assertThat(get(page.collectList())).isNotEmpty();
        }
    }

    private List<Flux<?>> pages(long offset, int count) {
        return List.of(
                jobs.queue("waiting").ids(offset, count),
                queue.finished().ids(offset, count),
                queue.finished().entries(offset, count),
                queue.finished().newestFirst().entries(offset, count),
                jobs.cron().history("daily", offset, count));
    }
}
