package dev.rq4j.model;

import dev.rq4j.job.Dependency.OnParentFailure;
import dev.rq4j.job.JobOptions.IfExists;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of requests: who is made, who is refused, and whom the new ones wait for. */
final class Arrivals {

    /** What becomes of a request: whether the job is made, and what whoever asked is told. */
    record Answer(boolean made, String told) {
        static Answer taken(String by, IfExists ifTaken) {
            return new Answer(false, ifTaken == IfExists.RETURN_EXISTING ? by : "taken by " + by);
        }

        boolean isRefusal() {
            return told.contains(" ");
        }
    }

    private final World world;

    Arrivals(World world) {
        this.world = world;
    }

    /** Says what becomes of a request: that of the job itself, of the one in its way, or none when a parent is missing. */
    Answer answerTo(Wish wish, String id) {
        return answerTo(wish, id, null);
    }

    /** Says what becomes of a request for a job that comes with another one. */
    private Answer answerTo(Wish wish, String id, @Nullable String coming) {
        boolean there = world.exists(id);
        boolean replaceable = wish.ifExists == IfExists.REPLACE
                && there
                && world.life(id).state.waits();
        if (there && !replaceable) {
            return Answer.taken(id, wish.ifExists);
        }
        String holder = wish.unique == null ? null : world.holders.get(wish.unique);
        boolean isOwn = id.equals(holder) && there;
        if (holder != null && !isOwn && wish.ifTaken != IfExists.REPLACE) {
            return Answer.taken(holder, holder.equals(id) ? wish.ifExists : wish.ifTaken);
        }
        if (!wish.parents.stream().allMatch(parent -> parent.equals(coming) || world.exists(parent))) {
            return new Answer(false, "nobody to wait for");
        }
        return isBehind(id, wish.parents) ? new Answer(false, "would wait for itself") : new Answer(true, id);
    }

    /** Says what becomes of jobs that come one after the other, all of them or none: the last is made, or why not. */
    Answer answerTo(List<Wish> chain) {
        String before = null;
        for (Wish link : chain) {
            Answer answer = answerTo(link, link.id, before);
            if (!answer.made) {
                return answer.isRefusal() ? answer : new Answer(false, "taken by " + answer.told);
            }
            if (link.unique != null
                    && chain.subList(0, chain.indexOf(link)).stream().anyMatch(link::wantsKeyOf)) {
                return new Answer(false, "taken by " + holderAmong(chain, link));
            }
            before = link.id;
        }
        return new Answer(true, before);
    }

    private static String holderAmong(List<Wish> chain, Wish link) {
        return chain.stream()
                .limit(chain.indexOf(link))
                .filter(link::wantsKeyOf)
                .reduce((first, last) -> last)
                .orElseThrow()
                .id;
    }

    private boolean isBehind(String id, Collection<String> parents) {
        return parents.stream()
                .anyMatch(parent ->
                        parent.equals(id) || (world.exists(parent) && isBehind(id, world.life(parent).missing)));
    }

    /** Makes a job that the answer allows. */
    Life make(Wish wish, String id) {
        String other = wish.unique == null ? null : world.holders.get(wish.unique);
        if (other != null
                && !other.equals(id)
                && world.exists(other)
                && world.life(other).state.waits()) {
            world.ends.delete(world.life(other));
        }
        Life before = world.life(id);
        if (before != null && before.state != State.GONE) {
            dropCallbacks(id);
            world.ends.release(before);
        }
        Life life = new Life(wish, id);
        world.add(life);
        life.due = world.now() + wish.delay;
        life.expires = wish.ttl > 0 ? world.now() + wish.ttl : Life.NEVER;
        if (wish.unique != null) {
            world.holders.put(wish.unique, id);
            world.heldUntil.put(wish.unique, wish.uniqueFor > 0 ? world.now() + wish.uniqueFor : Life.NEVER);
        }
        awaitParents(life);
        return life;
    }

    private void awaitParents(Life life) {
        boolean bad = false;
        boolean lost = false;
        for (String parent : life.wish.parents) {
            State state = world.life(parent).state;
            boolean any = life.wish.fate == OnParentFailure.RUN;
            if (life.waitsForOneEndOf(parent)) {
                lost |= state == State.GONE || (state == State.FINISHED && life.runIf != state);
                if (state != life.runIf) {
                    life.missing.add(parent);
                }
            } else if (state == State.GONE) {
                lost |= !any;
            } else if (state != State.FINISHED && !(any && state.hasEnded())) {
                life.missing.add(parent);
                bad |= state.hasEnded();
            }
        }
        life.takeInput(world);
        if (life.missing.isEmpty()) {
            life.runIf = null;
        }
        world.place(life, life.wish.front);
        if (lost && life.runIf != null) {
            world.ends.delete(life);
        } else if (lost || (bad && life.wish.fate == OnParentFailure.CANCEL)) {
            world.ends.callOff(life, lost);
        }
    }

    private void dropCallbacks(String parent) {
        for (Life child : world.ends.children(parent)) {
            if (child.waitsForOneEndOf(parent)) {
                world.ends.delete(child);
            }
        }
    }
}
