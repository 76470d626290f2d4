package dev.rq4j.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.examples.quickstart.FirstSteps.Email;
import dev.rq4j.examples.quickstart.FirstSteps.Receipt;
import dev.rq4j.examples.quickstart.FirstSteps.Row;
import dev.rq4j.worker.Worker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class QuickstartIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private EmbeddedRedis redis;

    @BeforeAll
    void startRedis() {
        redis = EmbeddedRedis.start();
    }

    @AfterAll
    void stopRedis() {
        redis.close();
    }

    @Test
    void tellsItsStoryAndEndsByItself() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        JobClient jobs = JobClient.connect(redis.uri());
        Quickstart quickstart = new Quickstart(new PrintStream(text, true, StandardCharsets.UTF_8), jobs);

        StepVerifier.create(quickstart.tell().then(jobs.close()))
                .expectComplete()
                .verify(LIMIT);

        assertThat(text.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("email.send returned Receipt[id=mail-1"),
                        line -> assertThat(line).endsWith("is kept: finished, kept for 500 s"),
                        line -> assertThat(line).endsWith("IllegalArgumentException: no such address: nobody"),
                        line -> assertThat(line).endsWith("is kept: failed, kept for 31536000 s"),
                        line -> assertThat(line).endsWith("of an hour: finished, kept for 3600 s"),
                        line -> assertThat(line).endsWith("after persist(): finished, kept for ever"),
                        line -> assertThat(line).endsWith("resultTtl of zero returned 64"),
                        line -> assertThat(line).contains("and left nothing: there is no job"),
                        line -> assertThat(line).matches("20000 jobs enqueued, run and awaited: \\d+ jobs/s"));
    }

    @Test
    void theFirstStepsOfTheReadmeWork() {
        Mono<Receipt> receipt =
                FirstSteps.run(redis.uri(), email -> Mono.just(new Receipt("to " + email.to())), name -> "report");

        StepVerifier.create(receipt)
                .expectNext(new Receipt("to ada@example.org"))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void theVariantsOfTheReadmeEnqueue() {
        JobClient jobs = JobClient.connect(redis.uri());
        JobQueue queue = jobs.queue("variants");
        Email email = new Email("ada@example.org", "Hello");

        StepVerifier.create(FirstSteps.enqueueVariants(queue, email, Flux.just(email, email))
                        .then(queue.ids().map(Object::toString).collectList()))
                .assertNext(ids -> assertThat(ids).hasSize(4).startsWith("welcome-42"))
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(jobs.close()).expectComplete().verify(LIMIT);
    }

    @Test
    void thePipelineOfTheReadmeInsertsInBatches() {
        JobClient jobs = JobClient.connect(redis.uri());
        JobQueue rows = jobs.queue("rows");
        List<Row> inserted = new CopyOnWriteArrayList<>();
        Worker worker = Worker.builder(jobs).queues("rows").concurrency(1000).build();
        Flux<Void> pipeline =
                FirstSteps.insertInBatches(worker, batch -> Mono.fromRunnable(() -> inserted.addAll(batch)));
        Mono<Void> produced = Flux.range(0, 1000)
                .map(i -> FirstSteps.INSERT_ROW.request(new Row("t", i)))
                .as(rows::enqueueAll)
                .flatMap(job -> job.result(), 1000)
                .then();

        StepVerifier.create(Flux.merge(pipeline, produced.then(Mono.defer(() -> worker.stop(Duration.ofSeconds(5))))))
                .expectComplete()
                .verify(LIMIT);

        assertThat(inserted).hasSize(1000);
        StepVerifier.create(jobs.close()).expectComplete().verify(LIMIT);
    }
}
