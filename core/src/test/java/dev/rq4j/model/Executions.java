package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Recovered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.util.retry.Retry;

/** How workers get jobs and keep them, and what becomes of those of workers that died. */
final class Executions {

    static final String WORKER = "model";

    private static final String CLAIMER = "claimer";

    private final Stage stage;
    private final World world;
    private final Held held;
    private final Notes notes;

    Executions(Stage stage, Held held, Notes notes) {
        this.stage = stage;
        this.world = stage.world;
        this.held = held;
        this.notes = notes;
    }

    void claim() {
        List<String> queues = new ArrayList<>(Wishes.QUEUES);
        Collections.shuffle(queues, stage.random);
        claim(1 + stage.random.nextInt(3), queues.subList(0, 1 + stage.random.nextInt(queues.size())));
    }

    void claim(int count, List<String> queues) {
        int lease = 1 + stage.random.nextInt(2);
        stage.note("claim " + count + " of " + queues);
        ClaimRequest request = new ClaimRequest(
                WORKER, CLAIMER, UUID.randomUUID().toString(), count, Wish.UNIT.multipliedBy(lease), queues);
        List<ClaimedJob> claimed = ask(request);
        if (stage.chance(10)) {
            assertThat(ask(request))
                    .as("asked again")
                    .extracting(ClaimedJob::execution)
                    .isEqualTo(claimed.stream().map(ClaimedJob::execution).toList());
        }
        queues.forEach(queue -> world.lines.areFirst(
                queue,
                claimed.stream()
                        .filter(claim -> claim.execution().queue().equals(queue))
                        .map(claim -> claim.execution().job().value())
                        .toList()));
        for (ClaimedJob claim : claimed) {
            Life life = world.life(claim.execution().job().value());
            stage.note("  got " + life);
            assertThat(life.state).isEqualTo(State.READY);
            assertThat(claim.execution().queue())
                    .isEqualTo(life.queue)
                    .isIn(queues)
                    .isNotIn(world.paused);
            assertThat(life.expires).isGreaterThan(world.now());
            world.runs.claim(life, claim, lease);
            assertThat(claim.input())
                    .as("input of %s", life)
                    .isEqualTo(life.input == null ? null : stage.value(life.input));
            held.add(claim);
            world.starts.count(life);
        }
        assertThat(claimed.size()).isLessThanOrEqualTo(count);
        if (world.isSuspended()) {
            assertThat(claimed).as("claimed of what is suspended").isEmpty();
        } else if (claimed.size() < count) {
            queues.stream()
                    .filter(queue -> !world.paused.contains(queue))
                    .forEach(queue -> assertThat(stage.redis.queue(queue))
                            .as("left in %s: only who got the room of one that has to wait for a start", queue)
                            .allMatch(id -> world.life(id).wish.limit != null));
        }
    }

    /** A claimer repeats its request by itself, until it is connected again. */
    private List<ClaimedJob> ask(ClaimRequest request) {
        return stage.sendEarlyOrLate(leases().claim(request).retryWhen(Retry.backoff(20, Duration.ofMillis(20))))
                .jobs();
    }

    void extend() {
        ClaimedJob claim = held.any();
        if (claim == null) {
            return;
        }
        Life life = note("extend", claim);
        List<Boolean> extended = stage.send(leases().extend(List.of(claim.execution()), Wish.UNIT.multipliedBy(2)));
        assertThat(extended).containsExactly(life != null);
        if (life != null) {
            life.leasedUntil = Math.max(life.leasedUntil, world.now() + 2);
        }
    }

    void note() {
        ClaimedJob claim = held.any();
        if (claim != null) {
            notes.ofRun(claim.execution(), note("note", claim));
        }
    }

    void recover(String queue) {
        stage.note("recover " + queue);
        List<Recovered> found = stage.send(leases().recover(queue, 2).collectList());
        List<String> queued = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (Life life : world.in(State.RUNNING)) {
            if (life.queue.equals(queue) && life.leasedUntil <= world.now()) {
                (world.runs.recover(life) ? queued : failed).add(life.id);
            }
        }
        if (!stage.wasLost()) {
            assertThat(found.stream().flatMap(batch -> batch.queued().stream()))
                    .containsExactlyInAnyOrderElementsOf(queued);
            assertThat(found.stream().flatMap(batch -> batch.failed().stream()))
                    .containsExactlyInAnyOrderElementsOf(failed);
        }
    }

    private @Nullable Life note(String verb, ClaimedJob claim) {
        Life life = held.held(claim);
        stage.note(verb + " " + claim.execution().job() + (life == null ? " too late" : ""));
        return life;
    }

    private LeaseStore leases() {
        return stage.engine().leases();
    }
}
