package dev.rq4j.model;

import static dev.rq4j.redis.Settled.AGAIN;
import static dev.rq4j.redis.Settled.DONE;
import static dev.rq4j.redis.Settled.LOST;
import static dev.rq4j.redis.Settled.REPEATED;
import static dev.rq4j.redis.Settled.REPEATED_AGAIN;
import static dev.rq4j.redis.Settled.TAKEN_BACK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimRequest;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.JobNotes;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Recovered;
import dev.rq4j.redis.Settled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** What workers do, those that are late and those that died among them. */
final class Executions {

    private static final String CLAIMER = "claimer";
    private static final String WORKER = "model";
    /** A claim that somebody has settled or lost: to settle it again changes nothing. */
    private static final List<Settled> WITHOUT_EFFECT = List.of(LOST, REPEATED, REPEATED_AGAIN, TAKEN_BACK);

    private final Stage stage;
    private final World world;
    private final Wishes wishes;
    private final List<ClaimedJob> claims = new ArrayList<>();
    private final Map<String, List<Integer>> starts = new HashMap<>();
    private final Map<String, Integer> lastStart = new HashMap<>();

    Executions(Stage stage, Wishes wishes) {
        this.stage = stage;
        this.world = stage.world;
        this.wishes = wishes;
    }

    void claim() {
        List<String> queues = new ArrayList<>(Wishes.QUEUES);
        Collections.shuffle(queues, stage.random);
        claim(1 + stage.random.nextInt(4), queues.subList(0, 1 + stage.random.nextInt(queues.size())));
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
        for (ClaimedJob claim : claimed) {
            Life life = world.life(claim.execution().job().value());
            stage.note("  got " + life);
            assertThat(life.state).isEqualTo(State.READY);
            assertThat(claim.execution().queue())
                    .isEqualTo(life.queue)
                    .isIn(queues)
                    .isNotIn(world.paused);
            assertThat(life.expires).isGreaterThan(world.now());
            world.claim(life, claim, lease);
            claims.add(claim);
            start(life);
        }
        assertThat(claimed.size()).isLessThanOrEqualTo(count);
        if (claimed.size() < count) {
            queues.stream()
                    .filter(queue -> !world.paused.contains(queue))
                    .forEach(queue -> assertThat(stage.redis.queue(queue))
                            .as("left in %s: only who got the room of one that has to wait for a start", queue)
                            .allMatch(id -> world.life(id).wish.limit != null));
        }
    }

    /** A claimer repeats its request by itself, until it is connected again. */
    private List<ClaimedJob> ask(ClaimRequest request) {
        return stage.send(leases().claim(request).retryWhen(Retry.backoff(20, Duration.ofMillis(20))))
                .jobs();
    }

    private void start(Life life) {
        Wish wish = life.wish;
        if (wish.rate != null) {
            List<Integer> times = starts.computeIfAbsent(wish.rate, none -> new ArrayList<>());
            times.add(world.now());
            lastStart.put(life.id, world.now());
            assertThat(times.stream().filter(at -> at > world.now() - wish.period))
                    .as("starts of " + wish.rate)
                    .hasSizeLessThanOrEqualTo(wish.starts);
        }
    }

    void settle() {
        ClaimedJob claim = anyClaim();
        if (claim == null) {
            return;
        }
        String id = claim.execution().job().value();
        Life life = world.life(id);
        boolean held = life != null && life.isHeldBy(claim);
        int verb = stage.random.nextInt(100);
        if (verb < 45) {
            finish(claim, held ? life : null);
        } else if (verb < 70) {
            fail(claim, held ? life : null);
        } else if (verb < 80) {
            retry(claim, held ? life : null);
        } else if (verb < 90) {
            snooze(claim, held ? life : null);
        } else {
            stop(claim, held ? life : null);
        }
    }

    void finish(ClaimedJob claim, @Nullable Life life) {
        List<Wish> next = next(claim);
        note("finish", claim, life, next);
        byte @Nullable [] value = stage.chance(50) ? stage.value("done") : null;
        if (!effective(leases().finish(attempt(claim), value, Retention.RESULT_DEFAULT, requests(next)), life)) {
            return;
        }
        if (!world.finish(life)) {
            next.forEach(wish -> world.make(wish, wish.id));
        }
    }

    private void fail(ClaimedJob claim, @Nullable Life life) {
        boolean mayRetry = stage.chance(80);
        List<Wish> next = next(claim);
        note("fail", claim, life, next);
        if (effective(leases().fail(attempt(claim), "broken", mayRetry, requests(next)), life)
                && !world.fail(life, mayRetry)) {
            next.forEach(wish -> world.make(wish, wish.id));
        }
    }

    private void retry(ClaimedJob claim, @Nullable Life life) {
        List<Integer> after = List.of(stage.random.nextInt(3), stage.random.nextInt(3));
        int times = 1 + stage.random.nextInt(2);
        note("retry", claim, life, List.of());
        RetryPolicy policy = RetryPolicy.times(times).intervals(Wish.durations(after));
        if (effective(leases().retry(attempt(claim), "later", policy, List.of()), life)) {
            world.retry(life, times, after);
        }
    }

    private void snooze(ClaimedJob claim, @Nullable Life life) {
        int after = stage.random.nextInt(3);
        note("snooze", claim, life, List.of());
        if (effective(leases().snooze(attempt(claim), Wish.UNIT.multipliedBy(after)), life)) {
            world.again(life, after);
        }
    }

    private void stop(ClaimedJob claim, @Nullable Life life) {
        note("stop", claim, life, List.of());
        if (effective(leases().stop(attempt(claim), "stopped"), life)) {
            world.endBadly(life, State.STOPPED);
        }
    }

    void release() {
        ClaimedJob claim = anyClaim();
        if (claim == null) {
            return;
        }
        Life life = world.life(claim.execution().job().value());
        boolean held = life != null && life.isHeldBy(claim);
        note("release", claim, held ? life : null, List.of());
        List<Execution> executions = List.of(claim.execution());
        if (effective(
                leases().release(executions, stage.chance(50)).map(answers -> answers.get(0)), held ? life : null)) {
            world.again(life, 0);
            life.expires = life.waitedUntil;
            if (life.wish.rate != null) {
                starts.get(life.wish.rate).remove(lastStart.get(life.id));
            }
        }
    }

    void extend() {
        ClaimedJob claim = anyClaim();
        if (claim == null) {
            return;
        }
        Life life = world.life(claim.execution().job().value());
        boolean held = life != null && life.isHeldBy(claim);
        note("extend", claim, held ? life : null, List.of());
        List<Boolean> extended = stage.send(leases().extend(List.of(claim.execution()), Wish.UNIT.multipliedBy(2)));
        assertThat(extended).containsExactly(held);
        if (held) {
            life.leasedUntil = Math.max(life.leasedUntil, world.now() + 2);
        }
    }

    /** Says something about a run: that is heard while the lease is held, and brings nothing back after that. */
    void note() {
        ClaimedJob claim = anyClaim();
        if (claim == null) {
            return;
        }
        Life life = world.life(claim.execution().job().value());
        boolean held = life != null && life.isHeldBy(claim);
        note("note", claim, held ? life : null, List.of());
        JobNotes notes = stage.engine().notes();
        Mono<Void> note = stage.chance(50)
                ? notes.log(claim.execution(), "a line")
                : notes.progress(claim.execution(), 50, "half of it");
        assertThat(stage.send(note.thenReturn(true).onErrorReturn(JobException.LeaseLost.class, false)))
                .isEqualTo(held);
    }

    void recover(String queue) {
        stage.note("recover " + queue);
        List<Recovered> found = stage.send(leases().recover(queue, 2).collectList());
        List<String> queued = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (Life life : world.in(State.RUNNING)) {
            if (life.queue.equals(queue) && life.leasedUntil <= world.now()) {
                (world.recover(life) ? queued : failed).add(life.id);
            }
        }
        if (!stage.wasLost()) {
            assertThat(found.stream().flatMap(batch -> batch.queued().stream()))
                    .containsExactlyInAnyOrderElementsOf(queued);
            assertThat(found.stream().flatMap(batch -> batch.failed().stream()))
                    .containsExactlyInAnyOrderElementsOf(failed);
        }
    }

    /** Sends an end, twice now and then, and returns whether it was one: it is when the lease is held, and only once. */
    private boolean effective(Mono<Settled> settle, @Nullable Life life) {
        Settled settled = stage.send(settle);
        boolean lost = stage.wasLost();
        if (life == null) {
            assertThat(settled).isIn(WITHOUT_EFFECT);
            return false;
        }
        // What was lost may have been that the server did not know the script yet.
        assertThat(settled).isIn(lost ? List.of(REPEATED, REPEATED_AGAIN, DONE, AGAIN) : List.of(DONE, AGAIN));
        if (stage.chance(10)) {
            assertThat(stage.send(settle)).as("sent again").isIn(REPEATED, REPEATED_AGAIN);
        }
        return true;
    }

    private void note(String verb, ClaimedJob claim, @Nullable Life life, List<Wish> next) {
        stage.note(verb + " " + claim.execution().job() + (life == null ? " too late" : "")
                + (next.isEmpty() ? "" : " then " + next));
    }

    private List<Wish> next(ClaimedJob claim) {
        return stage.chance(10) ? List.of(wishes.next(claim.execution().queue())) : List.of();
    }

    private static List<JobRequest<String>> requests(List<Wish> wishes) {
        return wishes.stream().map(Wish::toRequest).toList();
    }

    private LeaseStore leases() {
        return stage.engine().leases();
    }

    /** Mostly one that is held. */
    private @Nullable ClaimedJob anyClaim() {
        List<Life> running = world.in(State.RUNNING);
        if (!running.isEmpty() && stage.chance(90)) {
            return stage.one(running).claim;
        }
        return claims.isEmpty() ? null : stage.one(claims);
    }

    private static Attempt attempt(ClaimedJob job) {
        Instant ended = Instant.now();
        return new Attempt(job.execution(), WORKER, ended.minusMillis(250), ended);
    }
}
