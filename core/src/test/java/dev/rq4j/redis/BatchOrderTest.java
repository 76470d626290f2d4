package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BatchOrderTest {

    private static final Task<String, String> ECHO = Task.of("tests.echo", String.class, String.class);

    @Test
    void jobsMayWaitForThoseBeforeThemAndThoseThatAreNotInTheBatch() {
        accepted(job("a"), job("b", "a"), job("c", "a", "b", "elsewhere"), ECHO.request("", after("c")));
        accepted(job("a", "elsewhere"));
        accepted(job("a"), job("a"), job("b", "a"));
    }

    @Test
    void jobsThatWaitForEachOtherAreNamed() {
        refused("jobs of one batch wait for each other: a waits for b waits for a", job("a", "b"), job("b", "a"));
        refused(
                "jobs of one batch wait for each other: b waits for c waits for d waits for b",
                job("start"),
                job("a", "start", "b"),
                job("b", "c"),
                job("c", "d"),
                job("d", "b", "start"));
    }

    @Test
    void aJobThatWaitsForALaterOneIsRefused() {
        String message = "a job depends on job b, which comes after it in the same batch; "
                + "the order must be the other way round";
        refused(message, job("a", "b"), job("b"));
        refused(message, ECHO.request("", after("b")), job("b"));
    }

    @Test
    void whatCallbacksWaitForCountsToo() {
        JobRequest<?> early = ECHO.request("", job -> job.id("a").onSuccess(ECHO.request("", after("b"))));

        refused(
                "a job depends on job b, which comes after it in the same batch; "
                        + "the order must be the other way round",
                early,
                job("b"));
        accepted(job("b"), early);
        accepted(ECHO.request("", job -> job.id("a").onSuccess(ECHO.request("", after("a")))), job("b"));
    }

    @Test
    void manyWaysUpAreNotAllWalked() {
        List<JobRequest<?>> ladder = new ArrayList<>();
        ladder.add(job("last", "x59", "y59"));
        IntStream.iterate(59, i -> i > 0, i -> i - 1).forEach(i -> {
            ladder.add(job("x" + i, "x" + (i - 1), "y" + (i - 1)));
            ladder.add(job("y" + i, "x" + (i - 1), "y" + (i - 1)));
        });

        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> BatchOrder.check(ladder));
    }

    private static void accepted(JobRequest<?>... batch) {
        assertThatNoException().isThrownBy(() -> BatchOrder.check(List.of(batch)));
    }

    private static void refused(String message, JobRequest<?>... batch) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> BatchOrder.check(List.of(batch)))
                .withMessage(message);
    }

    private static JobRequest<?> job(String id, String... parents) {
        return ECHO.request("", after(parents).andThen(job -> job.id(id)));
    }

    private static Consumer<JobOptions.Builder> after(String... parents) {
        return job -> job.dependsOn(Stream.of(parents).map(JobId::of).toArray(JobId[]::new));
    }
}
