package dev.rq4j.model;

import dev.rq4j.job.Dependency.OnParentFailure;
import java.util.List;

/** How jobs end, and what becomes of those that wait for them. */
final class Ends {

    private static final int A_YEAR = 31536;

    private final World world;

    Ends(World world) {
        this.world = world;
    }

    void well(Life life) {
        end(life, State.FINISHED, life.result.units);
    }

    void badly(Life life, State how) {
        end(life, how, unitsOf(life.failure));
    }

    private void end(Life life, State how, int keep) {
        release(life);
        life.state = keep == 0 ? State.GONE : how;
        life.goneAt = keep < 0 ? Life.NEVER : world.now() + keep;
        tell(life.id, how, how == State.FINISHED || keep == 0);
    }

    /** It is deleted, or expires: what waits for it will never see its end. */
    void delete(Life life) {
        release(life);
        life.state = State.GONE;
        tell(life.id, State.GONE, true);
    }

    void release(Life life) {
        life.missing.clear();
        life.claim = null;
        String key = life.wish.unique;
        if (key != null && life.wish.uniqueFor == 0 && life.id.equals(world.holders.get(key))) {
            world.holders.remove(key);
        }
    }

    List<Life> children(String parent) {
        return world.lives().stream()
                .filter(life -> life.state == State.BLOCKED && life.missing.contains(parent))
                .toList();
    }

    /** Tells those who wait for a job how it ended, and whether that is for good. */
    void tell(String parent, State how, boolean forGood) {
        for (Life child : children(parent)) {
            boolean good = how == State.FINISHED;
            if (good) {
                child.takeInput(world.life(parent));
            }
            OnParentFailure fate = child.wish.fate;
            if (!child.missing.contains(parent)) {
                continue; // taken back with another that was told before
            }
            if (child.waitsForOneEndOf(parent)) {
                if (how == child.runIf) {
                    meet(child, parent);
                } else if (good || forGood) {
                    delete(child);
                }
            } else if (good || fate == OnParentFailure.RUN) {
                meet(child, parent);
            } else if (forGood || fate == OnParentFailure.CANCEL) {
                callOff(child, forGood);
            }
        }
    }

    private void meet(Life child, String parent) {
        child.missing.remove(parent);
        if (child.missing.isEmpty()) {
            child.runIf = null;
        }
        world.place(child, child.wish.front);
    }

    void callOff(Life life, boolean forGood) {
        release(life);
        life.eitherWay = life.expires <= world.now();
        cancel(life);
        tell(life.id, State.CANCELED, forGood || life.state == State.GONE);
    }

    private void cancel(Life life) {
        int keep = unitsOf(life.failure);
        life.state = keep == 0 ? State.GONE : State.CANCELED;
        life.goneAt = keep < 0 ? Life.NEVER : world.now() + keep;
    }

    /** Of a job that was to expire and to be taken back at one time, the one has happened or the other. */
    void turnedOut(Life life, boolean canceled) {
        life.eitherWay = false;
        if (canceled) {
            cancel(life);
        } else {
            life.state = State.GONE;
        }
    }

    private static int unitsOf(Keep failure) {
        return failure == Keep.DEFAULT ? A_YEAR : failure.units;
    }
}
