package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.LogLine;
import dev.rq4j.job.Task;
import dev.rq4j.testing.Eventually;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** What handlers write beside their jobs. */
class NotesOfHandlersIT extends Scene {

    private static final Task<Integer, String> COUNT = Task.of("tests.count", Integer.class, String.class);

    @Test
    void aHandlerTellsHowFarItIsAndWhatItDoes() {
        Sinks.Empty<Void> end = Sinks.empty();
        JobHandle<String> job = get(jobs.queue(QUEUE).enqueue(COUNT, 3));
        run(worker(jobs)
                .handle(
                        COUNT,
                        (count, context) -> Flux.range(1, count)
                                .concatMap(i -> context.progress(100 * i / count, "step " + i)
                                        .then(context.log("did " + i)))
                                .then(context.updateMeta(meta -> put(meta, "count", count)))
                                .then(end.asMono())
                                .thenReturn("counted")));
        Eventually.holds(() -> assertThat(get(job.meta())).isEqualTo(Map.of("count", 3)));

        assertThat(get(job.snapshot()).progress()).isEqualTo(new Job.Progress(100, "step 3"));
        assertThat(logged(job)).containsExactly("did 1", "did 2", "did 3");
        end.tryEmitEmpty();
        assertThat(get(job.result())).isEqualTo("counted");
        assertThat(get(job.snapshot()).progress()).isEqualTo(new Job.Progress(100, "step 3"));
        assertThat(redis.ttl("log:" + job.id())).isBetween(1L, 500L);
    }

    @Test
    void blockingCodeMayWaitForIt() {
        JobHandle<String> job = get(jobs.queue(QUEUE).enqueue(COUNT, 2));

        drain(worker(jobs).handleBlocking(COUNT, (count, context) -> {
            context.progress(50).block();
            context.log("half way").block();
            context.updateMeta(meta -> put(meta, "count", count)).block();
            return "" + context.meta().block();
        }));

        assertThat(get(job.result())).isEqualTo("{count=2}");
        assertThat(get(job.snapshot()).progress()).isEqualTo(new Job.Progress(50, null));
        assertThat(logged(job)).containsExactly("half way");
    }

    @Test
    void aHandlerWhoseJobWasTakenAwayIsToldSoAndItsLogStaysAsItWas() {
        Sinks.One<JobContext> told = Sinks.one();
        JobHandle<String> job = get(jobs.queue(QUEUE).enqueue(COUNT, 1));
        run(worker(jobs).handle(COUNT, (count, context) -> {
            told.tryEmitValue(context);
            return Mono.never();
        }));
        JobContext context = get(told.asMono());
        await(context.log("mine"));
        get(job.cancel());

        for (Mono<?> late : List.of(context.progress(1), context.log("late"), context.updateMeta(meta -> meta))) {
            StepVerifier.create(late).expectError(JobException.LeaseLost.class).verify(Eventually.DEADLINE);
        }
        assertThat(logged(job)).containsExactly("mine");
    }

    @Test
    void absurdProgressFailsTheJobThatTellsIt() {
        JobHandle<String> job = get(jobs.queue(QUEUE).enqueue(COUNT, 1));

        drain(worker(jobs)
                .handle(COUNT, (count, context) -> context.progress(101).thenReturn("x")));

        assertThatThrownBy(() -> await(job.result()))
                .isInstanceOf(JobException.JobFailed.class)
                .hasMessageContaining("progress must be 0 to 100 percent, but was 101");
    }

    @Test
    void aClaimOfAStreamCanTellHowFarItIs() {
        JobHandle<String> job = get(jobs.queue(QUEUE).enqueue(COUNT, 1));

        worker(jobs)
                .build()
                .claims(COUNT)
                .take(1)
                .concatMap(claim -> claim.job().progress(70, "here").then(claim.finish("done")))
                .blockLast(Eventually.DEADLINE);

        assertThat(get(job.result())).isEqualTo("done");
        assertThat(get(job.snapshot()).progress()).isEqualTo(new Job.Progress(70, "here"));
    }

    private static List<String> logged(JobHandle<?> job) {
        return get(job.logs().map(LogLine::text).collectList());
    }

    private static Map<String, Object> put(Map<String, Object> meta, String key, Object value) {
        meta.put(key, value);
        return meta;
    }
}
