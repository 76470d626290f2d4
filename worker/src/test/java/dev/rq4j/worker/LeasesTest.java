package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class LeasesTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Connects to nothing. */
    private static final JobClient CLIENT = JobClient.connect("redis://localhost:1");

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Leases leases = new Leases(CLIENT.engine().leases(), SECOND, time);

    @AfterAll
    static void close() {
        CLIENT.close().block();
    }

    @Test
    void aSlotThatRestsIsTakenUntilItsTimeIsOver() {
        AtomicInteger freed = new AtomicInteger();
        leases.whenFreed(freed::incrementAndGet);

        leases.beginRest();
        leases.endRestIn(SECOND);
        time.advanceTimeBy(Duration.ofMillis(999));

        assertThat(leases.free(3)).isEqualTo(2);
        assertThat(leases.size()).isZero();
        assertThat(freed).hasValue(0);

        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(leases.free(3)).isEqualTo(3);
        assertThat(freed).hasValue(1);
    }

    @Test
    void aRestThatBeginsWhenTheWorkerHasEndedIsNoError() {
        time.dispose();

        leases.beginRest();
        leases.endRestIn(SECOND);

        assertThat(leases.size()).isZero();
    }
}
