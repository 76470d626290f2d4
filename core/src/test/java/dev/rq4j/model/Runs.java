package dev.rq4j.model;

import dev.rq4j.redis.ClaimedJob;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What attempts lead to: the end of a job, or another attempt, at once or later, at the front or at the back. */
final class Runs {

    private final World world;

    Runs(World world) {
        this.world = world;
    }

    void claim(Life life, ClaimedJob claim, int lease) {
        life.takeInput(world);
        life.state = State.RUNNING;
        life.runIf = null;
        life.claim = claim;
        life.leasedUntil = world.now() + lease;
        life.waitedUntil = life.expires;
        life.expires = Life.NEVER;
        life.progress = 0;
    }

    /** It has not run: it still has the time to wait that it had, and the start that was counted. */
    void release(Life life, boolean front) {
        again(life, 0, front);
        life.expires = life.waitedUntil;
        world.starts.giveBack(life);
    }

    /** Returns whether the job runs again. */
    boolean finish(Life life, @Nullable String value) {
        if (life.repeats > 0) {
            life.repeats--;
            life.recoveries = 0;
            life.runs++;
            life.retries += life.failures;
            life.failures = 0;
            if (life.result != Keep.NOT) {
                life.value = value;
            }
            again(life, nth(life.wish.repeatAfter, life.runs), null);
            return true;
        }
        life.value = value;
        world.ends.well(life);
        return false;
    }

    /** Returns whether the job runs again. */
    boolean fail(Life life, boolean mayRetry) {
        life.value = null;
        if (mayRetry && life.retries > 0) {
            life.retries--;
            life.failures++;
            again(life, nth(life.wish.retryAfter, life.failures), life.wish.retryAtFront);
            return true;
        }
        world.ends.badly(life, State.FAILED);
        return false;
    }

    void stop(Life life) {
        life.value = null;
        world.ends.badly(life, State.STOPPED);
    }

    /** Returns whether the job runs again. */
    boolean retry(Life life, int times, List<Integer> after, boolean front) {
        life.value = null;
        life.asked++;
        if (life.asked > times) {
            world.ends.badly(life, State.FAILED);
            return false;
        }
        again(life, nth(after, life.asked), front);
        return true;
    }

    /** Runs it again; where nobody says at which end of its queue, at the back, or later where it was to go at first. */
    void again(Life life, int after, @Nullable Boolean front) {
        life.due = world.now() + after;
        life.claim = null;
        life.againAtFront = after > 0 ? front : null;
        world.place(life, Boolean.TRUE.equals(front));
    }

    /** Returns whether the job is queued again, by whoever found its lease run out. */
    boolean recover(Life life) {
        if (life.recoveries < life.wish.maxRecoveries) {
            life.recoveries++;
            again(life, 0, true);
            return true;
        }
        return fail(life, true);
    }

    /** Returns whether no other job has the unique key that it had until it ended, if it had one. */
    boolean mayHaveItsKeyAgain(Life life) {
        String key = life.wish.uniqueFor == 0 ? life.wish.unique : null;
        return key == null || life.id.equals(world.holders.getOrDefault(key, life.id));
    }

    /** Runs a job once more that ended badly. */
    void requeue(Life life, boolean front) {
        life.retries += life.wish.retries > 0 ? life.failures : 0;
        life.failures = 0;
        life.recoveries = 0;
        life.asked = 0;
        life.goneAt = Life.NEVER;
        life.expires = Life.NEVER;
        life.due = 0;
        life.againAtFront = null;
        String key = life.wish.unique;
        if (key != null && life.wish.uniqueFor == 0) {
            world.holders.put(key, life.id);
            world.heldUntil.put(key, Life.NEVER);
        }
        if (life.state == State.CANCELED) {
            life.wish.parents.stream().filter(world::isUnended).forEach(life.missing::add);
            life.runIf = life.missing.stream().anyMatch(life::waitsForOneEndOf) ? life.runIf : null;
        }
        world.place(life, front);
    }

    private static int nth(List<Integer> intervals, int n) {
        return intervals.get(Math.min(n, intervals.size()) - 1);
    }
}
