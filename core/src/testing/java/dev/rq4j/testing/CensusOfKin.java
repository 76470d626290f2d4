package dev.rq4j.testing;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Those who wait for others: each knows whom it waits for, and each of these knows who waits; whoever waits for a job
 * that has ended is looked at again when that is no longer kept.
 */
final class CensusOfKin {

    /** Who has one of these waits for itself as well, so that no Python worker queues it. */
    private static final List<String> UNKNOWN_TO_PYTHON = List.of("run_if", "not_before", "rate_limit_key");

    private final Census census;
    private final Snapshot snapshot;

    CensusOfKin(Census census) {
        this.census = census;
        this.snapshot = census.snapshot();
    }

    void check() {
        census.jobs().keySet().stream()
                .filter(id -> census.status(id).equals("deferred"))
                .forEach(this::checkChild);
        for (String key : snapshot.keys("job:")) {
            if (key.endsWith(":dependents")) {
                checkParent(key.substring(0, key.length() - ":dependents".length()));
            }
            if (key.endsWith(":dependencies")) {
                String id = key.substring(1, key.length() - ":dependencies".length());
                census.demand(
                        census.status(id).equals("deferred"),
                        id + " has dependencies and is " + (census.exists(id) ? census.status(id) : "no job"));
            }
        }
        snapshot.scores("deadlines")
                .forEach((id, at) -> census.demand(
                        census.waits(id),
                        "deadlines has " + id + ", which is " + (census.exists(id) ? census.status(id) : "no job")));
    }

    private void checkChild(String id) {
        Map<String, Double> deadlines = snapshot.scores("deadlines");
        Set<String> parents = new HashSet<>(snapshot.set(dependencies(id)));
        if (parents.remove(id)) {
            census.demand(
                    UNKNOWN_TO_PYTHON.stream()
                            .anyMatch(field -> !census.field(id, field).isEmpty()),
                    id + " waits for itself for no reason");
            census.demand(deadlines.containsKey(id), id + " waits for itself and is not looked after");
        }
        census.demand(!parents.isEmpty(), id + " is deferred and waits for nobody");
        for (String parent : parents) {
            if (isBeingTold(parent)) {
                continue;
            }
            if (!census.exists(parent)) {
                Double look = deadlines.get(id);
                census.demand(
                        look != null && look <= snapshot.now() + Census.TOLERANCE,
                        id + " waits for " + parent + ", which is no job, and is looked at at " + look);
                continue;
            }
            census.demand(
                    snapshot.set(dependents(parent)).contains(id),
                    id + " waits for " + parent + ", which does not know");
            census.demand(
                    !census.status(parent).equals("finished"), id + " waits for " + parent + ", which has finished");
            checkLook(id, parent, deadlines.get(id));
        }
    }

    private void checkLook(String id, String parent, Double look) {
        double left = snapshot.ttl("job:" + parent);
        if (left >= 0) {
            census.demand(
                    look != null && look <= snapshot.now() + left + Census.TOLERANCE,
                    id + " waits for " + parent + ", which is there for " + left + " s, and is looked at in "
                            + (look == null ? null : look - snapshot.now()) + " s");
        }
    }

    private void checkParent(String id) {
        if (isBeingTold(id)) {
            return;
        }
        census.demand(census.exists(id), id + " has dependents and is no job");
        for (String child : snapshot.set(dependents(id))) {
            census.demand(
                    snapshot.set(dependencies(child)).contains(id),
                    id + " has the dependent " + child + ", which is " + census.status(child) + " and does not wait");
        }
    }

    private boolean isBeingTold(String parent) {
        return snapshot.hash("resolving").containsKey(parent);
    }

    private static String dependents(String id) {
        return "job:" + id + ":dependents";
    }

    private static String dependencies(String id) {
        return "job::" + id + ":dependencies";
    }
}
