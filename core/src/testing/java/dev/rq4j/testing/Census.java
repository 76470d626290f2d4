package dev.rq4j.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts what is in a namespace and says what cannot be: a job in two places or in none, a place that its status does not
 * name, parents and children that do not know of each other, a key of a limit with more jobs than it lets through, or
 * with room while jobs wait for it, and whatever would stay for ever though nobody asked for that. It holds after every
 * script, whoever ran it; what Python does in several steps is another matter.
 */
public final class Census {

    static final Set<String> ENDED = Set.of("finished", "failed", "stopped", "canceled");

    /** Time passes between what a script writes and what is read here, and Redis counts in whole seconds. */
    static final double TOLERANCE = 2;

    private final Snapshot snapshot;
    private final Map<String, Map<String, String>> jobs;
    private final List<String> complaints = new ArrayList<>();

    private Census(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.jobs = snapshot.jobs();
    }

    /** Fails when something is wrong, and says all that is. */
    public static void holds(RawRedis redis) {
        holds(Snapshot.of(redis));
    }

    /** Fails when something was wrong at that moment, and says all that was. */
    public static void holds(Snapshot snapshot) {
        List<String> complaints = complaints(snapshot);
        if (!complaints.isEmpty()) {
            throw new AssertionError(String.join("\n", complaints));
        }
    }

    /** Returns what was wrong at that moment; nothing when all was well. */
    public static List<String> complaints(Snapshot snapshot) {
        Census census = new Census(snapshot);
        new CensusOfPlaces(census).check();
        new CensusOfKin(census).check();
        new CensusOfLimits(census).check();
        new CensusOfNames(census).check();
        new CensusOfTimes(census).check();
        return census.complaints;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    Map<String, Map<String, String>> jobs() {
        return jobs;
    }

    /** Returns a field of a job; empty when there is no such job or field. */
    String field(String id, String name) {
        return jobs.getOrDefault(id, Map.of()).getOrDefault(name, "");
    }

    String status(String id) {
        return field(id, "status");
    }

    boolean exists(String id) {
        return jobs.containsKey(id);
    }

    boolean waits(String id) {
        return exists(id) && !ENDED.contains(status(id)) && !status(id).equals("started");
    }

    void complain(String complaint) {
        complaints.add(complaint);
    }

    void demand(boolean condition, String complaint) {
        if (!condition) {
            complain(complaint);
        }
    }
}
