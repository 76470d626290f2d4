package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class IdlenessTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Connects to nothing. */
    private static final JobClient CLIENT = JobClient.connect("redis://localhost:1");

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Leases leases = new Leases(CLIENT.engine().leases(), MINUTE, time);
    private final long start = System.nanoTime();
    private final LongSupplier clock = () -> start + time.now(TimeUnit.NANOSECONDS);
    private final Quiet quiet = new Quiet(clock);
    private final AtomicInteger ended = new AtomicInteger();

    @AfterAll
    static void close() {
        CLIENT.close().block();
    }

    @BeforeEach
    void begin() {
        new Idleness(leases, quiet, time, clock)
                .lasts(MINUTE)
                .doOnSuccess(nothing -> ended.incrementAndGet())
                .subscribe();
    }

    @Test
    void itLastsFromTheBeginningWhenNothingComes() {
        pass(59);
        assertThat(ended).hasValue(0);

        pass(1);
        assertThat(ended).hasValue(1);
    }

    @Test
    void itLastsFromWhenTheWorkerWasResumed() {
        pass(10);
        quiet.begin();
        pass(40);
        quiet.end();

        pass(59);
        assertThat(ended).hasValue(0);

        pass(1);
        assertThat(ended).hasValue(1);
    }

    @Test
    void itLastsFromWhenAllWorkWasResumed() {
        pass(10);
        quiet.suspended(true);
        pass(40);
        quiet.suspended(false);

        pass(59);
        assertThat(ended).hasValue(0);

        pass(1);
        assertThat(ended).hasValue(1);
    }

    @Test
    void toResumeAWorkerThatIsNotQuietChangesNothing() {
        pass(30);
        quiet.end();
        quiet.suspended(false);

        pass(30);
        assertThat(ended).hasValue(1);
    }

    private void pass(int seconds) {
        time.advanceTimeBy(Duration.ofSeconds(seconds));
    }
}
