package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class SlotsTest {

    private final TestPublisher<Lease> leases = TestPublisher.create();
    private final List<Sinks.One<Settled>> runs = new ArrayList<>();
    private final List<Runnable> nexts = new ArrayList<>();
    private final List<Sinks.One<Settled>> cancelled = new ArrayList<>();

    @Test
    void asksForAnotherWhenASlotIsFreeAndNotBefore() {
        StepVerifier.create(Slots.fill(leases.flux(), 2, this::run))
                .then(() -> leases.assertMinRequested(2).assertMaxRequested(2))
                .then(() -> leases.next(lease(), lease()))
                .then(() -> assertThat(runs).hasSize(2))
                .then(() -> leases.assertMaxRequested(2))
                .then(() -> runs.get(1).tryEmitValue(Settled.DONE))
                .expectNext(Settled.DONE)
                .then(() -> leases.next(lease()))
                .then(() -> assertThat(runs).hasSize(3))
                .thenCancel()
                .verify();
    }

    @Test
    void endsWhenNothingMoreComesAndAllHaveEnded() {
        StepVerifier.create(Slots.fill(leases.flux(), 2, this::run))
                .then(() -> leases.next(lease(), lease()).complete())
                .then(() -> runs.get(0).tryEmitEmpty())
                .then(() -> runs.get(1).tryEmitValue(Settled.DONE))
                .expectNext(Settled.DONE)
                .verifyComplete();
    }

    @Test
    void cancelsAllThatRun() {
        StepVerifier.create(Slots.fill(leases.flux(), 3, this::run))
                .then(() -> leases.next(lease(), lease(), lease()))
                .then(() -> runs.get(1).tryEmitEmpty())
                .thenCancel()
                .verify();

        leases.assertCancelled();
        assertThat(cancelled).containsExactlyInAnyOrder(runs.get(0), runs.get(2));
    }

    @Test
    void cancelsThemWhenNothingMoreComesToo() {
        StepVerifier.create(Slots.fill(leases.flux(), 3, this::run))
                .then(() -> leases.next(lease()).complete())
                .thenCancel()
                .verify();

        assertThat(cancelled).containsExactly(runs.get(0));
    }

    @Test
    void cancelsAllThatRunWhenTheStreamFails() {
        StepVerifier.create(Slots.fill(leases.flux(), 3, this::run))
                .then(() -> leases.next(lease()).error(new IllegalStateException("gone")))
                .verifyErrorMessage("gone");

        assertThat(cancelled).containsExactly(runs.get(0));
    }

    @Test
    void runsManyThatEndAtOnce() {
        StepVerifier.create(Slots.fill(
                                Flux.range(0, 100_000).map(i -> lease()),
                                10_000,
                                (lease, next) -> Mono.just(Settled.DONE))
                        .count())
                .expectNext(100_000L)
                .verifyComplete();
    }

    @Test
    void runsThatEndInAnyOrderMakeRoomForOthers() {
        StepVerifier.create(Slots.fill(Flux.range(0, 3_000).map(i -> lease()), 1_000, this::run)
                        .count())
                .then(() -> assertThat(runs).hasSize(1_000))
                .then(() -> endInDisorder(List.copyOf(runs)))
                .then(() -> assertThat(runs).hasSize(2_000))
                .then(() -> endInDisorder(List.copyOf(runs.subList(1_000, 2_000))))
                .then(() -> endInDisorder(List.copyOf(runs.subList(2_000, 3_000))))
                .expectNext(3_000L)
                .verifyComplete();
    }

    private static void endInDisorder(List<Sinks.One<Settled>> some) {
        List<Sinks.One<Settled>> shuffled = new ArrayList<>(some);
        Collections.shuffle(shuffled, new Random(5));
        shuffled.forEach(end -> end.tryEmitValue(Settled.DONE));
    }

    @Test
    void asksForAnotherBeforeARunHasEndedWhereThatSaysSoAndOnlyOnce() {
        StepVerifier.create(Slots.fill(leases.flux(), 1, this::run))
                .then(() -> leases.next(lease()))
                .then(() -> leases.assertMaxRequested(1))
                .then(() -> nexts.get(0).run())
                .then(() -> leases.next(lease()))
                .then(() -> runs.get(0).tryEmitValue(Settled.DONE))
                .expectNext(Settled.DONE)
                .then(() -> leases.assertMaxRequested(1))
                .then(() -> runs.get(1).tryEmitValue(Settled.DONE))
                .expectNext(Settled.DONE)
                .then(() -> leases.assertMinRequested(1))
                .thenCancel()
                .verify();
    }

    private Mono<Settled> run(Lease lease, Runnable next) {
        Sinks.One<Settled> end = Sinks.one();
        runs.add(end);
        nexts.add(next);
        return end.asMono().doOnCancel(() -> cancelled.add(end));
    }

    private static Lease lease() {
        Execution execution = new Execution(JobId.of("job"), "execution", "queue");
        return new Lease(1, new ClaimedJob(execution, 0, null, null, null, null, Map.of()));
    }
}
