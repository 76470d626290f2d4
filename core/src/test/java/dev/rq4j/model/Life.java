package dev.rq4j.model;

import dev.rq4j.redis.ClaimedJob;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the model knows of one job. */
final class Life {

    static final int NEVER = Integer.MAX_VALUE;

    final Wish wish;
    final String id;
    String queue;
    State state = State.READY;
    /** Not before this time. */
    int due;
    /** It must have started before this time. */
    int expires = NEVER;
    /** When it would have expired, for when it is given back unrun. */
    int waitedUntil = NEVER;
    /** Those it waits for. */
    @Nullable
    State runIf;

    final Set<String> missing = new LinkedHashSet<>();
    /** It was to expire, and what it waited for was to end badly, at one time: either can come first. */
    boolean eitherWay;

    int retries;
    int failures;
    int asked;
    int repeats;
    int runs;
    int recoveries;
    Keep result;
    Keep failure;
    int goneAt = NEVER;
    /** To which end of its queue it goes when its time has come; null where it was to go at first. */
    @Nullable
    Boolean againAtFront;

    /** What its newest attempt returned; null for nothing, or when that did not go well. */
    @Nullable
    String value;

    /** The result of another that it takes. */
    @Nullable
    String input;

    /** How often its metadata was changed. */
    int changes;

    int progress;
    int lines;

    @Nullable
    ClaimedJob claim;

    int leasedUntil = NEVER;

    Life(Wish wish, String id) {
        this.wish = wish;
        this.id = id;
        this.queue = wish.queue;
        this.runIf = wish.runIf;
        this.retries = wish.retries;
        this.repeats = wish.repeats;
        this.result = wish.result;
        this.failure = wish.failure;
    }

    /** Returns whether it waits for this job to end in one way, and not in others. */
    boolean waitsForOneEndOf(String parent) {
        return runIf != null && wish.parents.get(0).equals(parent);
    }

    /** Takes the result of the one whose result it is to take, if that has finished. */
    void takeInput(World world) {
        if (wish.inputFrom != null && world.life(wish.inputFrom).state == State.FINISHED) {
            takeInput(world.life(wish.inputFrom));
        }
    }

    /** Takes the result of one that finishes, if it is to. */
    void takeInput(Life parent) {
        if (input == null && parent.id.equals(wish.inputFrom)) {
            input = parent.value;
        }
    }

    boolean isHeldBy(ClaimedJob other) {
        return state == State.RUNNING && claim != null && claim.execution().equals(other.execution());
    }

    /** Returns the words that the job's hash may have for its status. */
    List<String> words() {
        return switch (state) {
            case READY ->
                wish.limit != null || wish.rate != null ? List.of("queued", "rate_limited") : List.of("queued");
            case DELAYED -> List.of("scheduled");
            case BLOCKED -> List.of("deferred");
            case RUNNING -> List.of("started");
            case GONE -> List.of();
            default -> List.of(state.name().toLowerCase(java.util.Locale.ROOT));
        };
    }

    @Override
    public String toString() {
        return wish + " is " + state + (missing.isEmpty() ? "" : " for " + missing)
                + ", retries " + retries + "/" + failures + "/" + asked + ", repeats " + repeats + ", recoveries "
                + recoveries + ", notes " + changes + "/" + progress;
    }
}
