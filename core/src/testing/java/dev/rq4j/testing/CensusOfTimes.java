package dev.rq4j.testing;

import static dev.rq4j.testing.Census.ENDED;
import static dev.rq4j.testing.Census.TOLERANCE;

import java.util.List;
import java.util.Set;

/**
 * What stays and for how long: a job that is yet to end for as long as it takes, with all that belongs to it; one that
 * has ended as its retention says; everything else that is not asked to stay goes some day.
 */
final class CensusOfTimes {

    private static final Set<String> LASTING = Set.of("queues", "paused", "cron");
    private static final List<String> LISTS = List.of("queue:", "wip:", "cron:");
    private static final List<String> TRIMMED = List.of("finished:", "failed:", "canceled:");
    private static final List<String> REGISTRIES =
            List.of("finished:", "failed:", "canceled:", "scheduled:", "deferred:", "deadlines", "rates");
    private static final int HISTORY = 10;

    private final Census census;
    private final Snapshot snapshot;

    CensusOfTimes(Census census) {
        this.census = census;
        this.snapshot = census.snapshot();
    }

    void check() {
        census.jobs().keySet().forEach(this::checkJob);
        snapshot.keys().forEach(this::checkKey);
    }

    private void checkJob(String id) {
        double left = snapshot.ttl("job:" + id);
        String status = census.status(id);
        if (!ENDED.contains(status)) {
            String expires = census.field(id, "expires_at");
            if (expires.isEmpty()) {
                census.demand(left < 0, id + " is " + status + " and goes in " + left + " s");
            } else {
                checkExpiry(id, left, Double.parseDouble(expires));
            }
            return;
        }
        String registry = (status.equals("stopped") ? "failed" : status) + ":" + census.field(id, "origin");
        Double until = snapshot.scores(registry).get(id);
        boolean forEver = census.field(id, status.equals("finished") ? "result_ttl" : "failure_ttl")
                .equals("-1");
        census.demand(forEver == left < 0, id + " is " + status + " and goes in " + left + " s");
        if (until != null) {
            census.demand(
                    forEver ? until.isInfinite() : Math.abs(until - snapshot.now() - left) <= TOLERANCE,
                    id + " goes in " + left + " s, and its entry in " + registry + " in " + (until - snapshot.now()));
        }
    }

    private void checkExpiry(String id, double left, double expires) {
        census.demand(
                left >= expires - snapshot.now(),
                id + " is to expire in " + (expires - snapshot.now()) + " s and goes in " + left + " s");
        Double look = snapshot.scores("deadlines").get(id);
        census.demand(
                look != null && look <= expires + TOLERANCE,
                id + " is to expire at " + expires + " and is looked at at " + look);
    }

    private void checkKey(String name) {
        double left = snapshot.ttl(name);
        if (name.equals("suspended")) {
            return; // for as long as was asked for
        }
        if (LASTING.contains(name)) {
            census.demand(left < 0, name + " goes in " + left + " s");
        } else if (name.startsWith("job:") || name.startsWith("results:") || name.startsWith("log:")) {
            checkBelongings(name, left);
        } else if (LISTS.stream().noneMatch(name::startsWith)) {
            // Freed of what was kept for ever, it is given a time to live when it is trimmed.
            if (left < 0 && TRIMMED.stream().anyMatch(name::startsWith)) {
                return;
            }
            double longest = REGISTRIES.stream().anyMatch(name::startsWith) ? last(name) : 0;
            census.demand(left >= 0, name + " stays for ever");
            census.demand(longest <= snapshot.now() + left, name + " goes before its last entry is due");
        }
    }

    /** What belongs to a job goes with it. */
    private void checkBelongings(String name, double left) {
        String id = name.replaceFirst("^(job::?|results:|log:)", "").replaceFirst(":(dependents|dependencies)$", "");
        if (name.endsWith(":dependents") && snapshot.hash("resolving").containsKey(id)) {
            return;
        }
        if (!census.exists(id)) {
            census.complain(name + " is left behind");
            return;
        }
        if (name.startsWith("log:") && !ENDED.contains(census.status(id))) {
            return; // Python, which knows of no log, may delete the job: it has a time to live of its own
        }
        double job = snapshot.ttl("job:" + id);
        census.demand(
                job < 0 ? left < 0 : Math.abs(left - job) <= TOLERANCE,
                name + " goes in " + left + " s, and the job in " + job + " s");
        if (name.startsWith("results:")) {
            census.demand(snapshot.length(name) <= HISTORY, name + " has " + snapshot.length(name) + " entries");
        }
    }

    private double last(String name) {
        return snapshot.scores(name).values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }
}
