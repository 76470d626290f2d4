package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.testing.Eventually;
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
        WorkerOptions options = worker(jobs).build().options();
        Leases leases = new Leases(jobs.engine().leases(), options.lease(), time);
        Registration registration = new Registration(options, jobs.engine().workers(), leases, statistics, new Quiet());
        String key = redis.key("worker:" + options.name());
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

    private void countOne() {
        statistics.count(new Ending.Succeeded(null), MINUTE);
    }
}
