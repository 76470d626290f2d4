package dev.rq4j.model;

import static dev.rq4j.redis.Settled.AGAIN;
import static dev.rq4j.redis.Settled.DONE;
import static dev.rq4j.redis.Settled.LOST;
import static dev.rq4j.redis.Settled.REPEATED;
import static dev.rq4j.redis.Settled.REPEATED_AGAIN;
import static dev.rq4j.redis.Settled.TAKEN_BACK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import dev.rq4j.redis.Attempt;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.LeaseStore;
import dev.rq4j.redis.Settled;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** How workers end attempts, those that are late among them. */
final class Settlements {

    /** A claim that somebody has settled or lost: to settle it again changes nothing. */
    private static final List<Settled> WITHOUT_EFFECT = List.of(LOST, REPEATED, REPEATED_AGAIN, TAKEN_BACK);

    private final Stage stage;
    private final World world;
    private final Wishes wishes;
    private final Held held;
    private int values;

    Settlements(Stage stage, Wishes wishes, Held held) {
        this.stage = stage;
        this.world = stage.world;
        this.wishes = wishes;
        this.held = held;
    }

    void any() {
        ClaimedJob claim = held.any();
        if (claim == null) {
            return;
        }
        Life life = held.held(claim);
        int verb = stage.random.nextInt(100);
        if (verb < 45) {
            finish(claim, life);
        } else if (verb < 68) {
            fail(claim, life);
        } else if (verb < 82) {
            retry(claim, life);
        } else if (verb < 90) {
            snooze(claim, life);
        } else {
            stop(claim, life);
        }
    }

    void finish(ClaimedJob claim, @Nullable Life life) {
        List<Wish> next = next(claim);
        note("finish", claim, life, next);
        String value = stage.chance(50) ? "done " + values++ : null;
        byte @Nullable [] bytes = value == null ? null : stage.value(value);
        if (effective(leases().finish(attempt(claim), bytes, Retention.RESULT_DEFAULT, requests(next)), life)
                && !world.runs.finish(life, value)) {
            next.forEach(wish -> world.arrivals.make(wish, wish.id));
        }
    }

    private void fail(ClaimedJob claim, @Nullable Life life) {
        boolean mayRetry = stage.chance(80);
        List<Wish> next = next(claim);
        note("fail", claim, life, next);
        double before = stage.redis.now();
        if (effective(leases().fail(attempt(claim), "broken", mayRetry, requests(next)), life)) {
            if (!world.runs.fail(life, mayRetry)) {
                next.forEach(wish -> world.arrivals.make(wish, wish.id));
            } else if (life.wish.jittered) {
                isWithinJitter(life, before);
            }
        }
    }

    private void retry(ClaimedJob claim, @Nullable Life life) {
        List<Integer> after = List.of(stage.random.nextInt(3), stage.random.nextInt(3));
        int times = 1 + stage.random.nextInt(2);
        boolean front = stage.chance(50);
        boolean jittered = stage.chance(50);
        note("retry" + after + (jittered ? "~" : "") + (front ? "^" : ""), claim, life, List.of());
        double before = stage.redis.now();
        if (effective(
                        leases().retry(attempt(claim), "later", Wish.policy(times, after, jittered, front), List.of()),
                        life)
                && world.runs.retry(life, times, after, front)
                && jittered) {
            isWithinJitter(life, before);
        }
    }

    private void isWithinJitter(Life life, double before) {
        if (life.state == State.DELAYED) {
            double middle = Wish.UNIT.toSeconds() * (life.due - world.now() - 0.5);
            double at = Double.parseDouble(stage.redis.hash("job:" + life.id).get("not_before"));
            assertThat(at - before)
                    .as("earliest of %s", life)
                    .isGreaterThanOrEqualTo(middle * (1 - Wish.JITTER) - 0.002);
            assertThat(at - stage.redis.now())
                    .as("latest of %s", life)
                    .isLessThanOrEqualTo(middle * (1 + Wish.JITTER) + 0.002);
        }
    }

    private void snooze(ClaimedJob claim, @Nullable Life life) {
        int after = stage.random.nextInt(3);
        note("snooze", claim, life, List.of());
        if (effective(leases().snooze(attempt(claim), Wish.UNIT.multipliedBy(after)), life)) {
            world.runs.again(life, after, null);
        }
    }

    private void stop(ClaimedJob claim, @Nullable Life life) {
        note("stop", claim, life, List.of());
        if (effective(leases().stop(attempt(claim), "stopped"), life)) {
            world.runs.stop(life);
        }
    }

    void release() {
        ClaimedJob claim = held.any();
        if (claim == null) {
            return;
        }
        Life life = held.held(claim);
        boolean front = stage.chance(50);
        note("release" + (front ? "^" : ""), claim, life, List.of());
        List<Execution> executions = List.of(claim.execution());
        if (effective(leases().release(executions, front).map(answers -> answers.get(0)), life)) {
            world.runs.release(life, front);
        }
    }

    /** Sends an end, twice now and then, and returns whether it was one: it is when the lease is held, and only once. */
    private boolean effective(Mono<Settled> settle, @Nullable Life life) {
        Settled settled = stage.sendEarlyOrLate(settle);
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

    private static Attempt attempt(ClaimedJob job) {
        Instant ended = Instant.now();
        return new Attempt(job.execution(), Executions.WORKER, ended.minusMillis(250), ended);
    }
}
