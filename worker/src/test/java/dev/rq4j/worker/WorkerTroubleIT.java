package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static dev.rq4j.worker.ScriptedHandler.GATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.JobHandle;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.Trouble;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A worker goes on after each kind of trouble that a server can have, and loses nothing. */
class WorkerTroubleIT {

    private static final String QUEUE = "default";

    private final ScriptedHandler script = new ScriptedHandler();

    @ParameterizedTest
    @EnumSource
    void aWorkerGoesOn(Trouble trouble) {
        try (EmbeddedRedis server = trouble.start();
                RawRedis raw = new RawRedis(server.uri(), "{rq}")) {
            JobClient jobs = client(server);
            List<JobHandle<?>> handles = jobs.queue(QUEUE)
                    .enqueueAll(Flux.range(0, 20).map(i -> ACT.request(GATE)))
                    .collectList()
                    .block(Eventually.DEADLINE);
            RunningWorker worker =
                    new RunningWorker(builder(jobs).concurrency(10).build());
            Eventually.holds(() -> assertThat(script.started()).hasSize(10));

            trouble.inflict(server, raw);
            handles.forEach(job -> script.open(job.id()));
            Scene.await(Mono.delay(Duration.ofSeconds(2)));
            trouble.cure(server, raw);
            Eventually.holds(() -> assertThatCode(raw.commands()::ping).doesNotThrowAnyException());

            Eventually.holds(() -> assertThat(handles)
                    .allSatisfy(job -> assertThat(raw.job(job.id())).containsEntry("status", "finished")));
            JobHandle<String> after = Scene.get(jobs.queue(QUEUE).enqueue(ACT, "after"));
            assertThat(Scene.get(after.result())).isEqualTo("after");
            worker.close();
            RedisExtension.close(jobs);
        }
    }

    @Test
    void aWorkerThatStartsOnAReplicaSaysSoAndWaitsUntilItIsTheMaster() {
        try (EmbeddedRedis server = Trouble.READONLY.start();
                RawRedis raw = new RawRedis(server.uri(), "{rq}");
                Logs logs = new Logs()) {
            JobClient jobs = client(server);
            Trouble.READONLY.inflict(server, raw);

            RunningWorker worker = new RunningWorker(builder(jobs).build());
            Eventually.holds(
                    () -> assertThat(logs.all()).anyMatch(line -> line.matches("(?s)waiting for Redis: .*READONLY.*")));
            Trouble.READONLY.cure(server, raw);

            JobHandle<String> job = Scene.get(jobs.queue(QUEUE).enqueue(ACT, "after"));
            assertThat(Scene.get(job.result())).isEqualTo("after");
            worker.close();
            RedisExtension.close(jobs);
        }
    }

    private WorkerBuilder builder(JobClient jobs) {
        return Scene.worker(jobs).handle(ACT, script);
    }

    private static JobClient client(EmbeddedRedis server) {
        return JobClient.connect(server.uri(), JobClientOptions.DEFAULTS.withPrefix("{rq}"));
    }
}
