package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

/** When a worker is on the lists. */
class RegistrationIT extends Scene {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Statistics statistics = new Statistics();

    @Test
    void whoHasSaidGoodbyeIsNotListedAgain() {
        Registration registration = registration(jobs);
        String key = redis.key("worker:w");
        await(registration.begin());
        Disposable kept = registration.keep(new Pulse(time)).subscribe();
        countOne();
        Eventually.holds(() -> {
            time.advanceTimeBy(Duration.ofSeconds(1));
            assertThat(redis.commands().hget(key, "successful_job_count")).isEqualTo("1");
        });

        await(registration.end());
        countOne();
        time.advanceTimeBy(MINUTE);
        await(jobs.engine().ping());

        assertThat(redis.commands().smembers(redis.key("workers"))).isEmpty();
        assertThat(redis.commands().hget(key, "death")).isNotNull();
        kept.dispose();
    }

    @Test
    void aWorkerWhoseAnswersAreLostHasDoneNothingTwice() {
        try (TcpProxy proxy = new TcpProxy(RedisExtension.uri())) {
            JobClient lossy = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
            Registration registration = registration(lossy);
            await(registration.begin());
            countOne();
            statistics.count(new Ending.Stopped("asked to"), MINUTE);

            proxy.swallowAnswers(2);
            await(registration.end());

            assertThat(proxy.swallowed()).isEqualTo(2);
            assertThat(redis.hash("worker:w"))
                    .containsEntry("successful_job_count", "1")
                    .containsEntry("failed_job_count", "1")
                    .containsEntry("total_working_time", "120.000000")
                    .containsKey("death");
            RedisExtension.close(lossy);
        }
    }

    private Registration registration(JobClient client) {
        WorkerOptions options = worker(client).name("w").build().options();
        Leases leases = new Leases(client.engine().leases(), options.lease(), time);
        return new Registration(options, client.engine().workers(), leases, statistics, new Quiet());
    }

    private void countOne() {
        statistics.count(new Ending.Succeeded(null), MINUTE);
    }
}
