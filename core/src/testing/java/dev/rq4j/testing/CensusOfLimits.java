package dev.rq4j.testing;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Keys of limits: who is let through is queued or runs, nobody is held back while there is room, and turns come. */
final class CensusOfLimits {

    private final Census census;
    private final Snapshot snapshot;

    CensusOfLimits(Census census) {
        this.census = census;
        this.snapshot = census.snapshot();
    }

    void check() {
        Set<String> keys = new TreeSet<>(snapshot.set("rl-keys"));
        snapshot.keys("rl:").forEach(name -> keys.add(name.replaceFirst(":(allowed|rate_limited)$", "")));
        census.jobs().keySet().stream()
                .filter(this::passes)
                .map(id -> census.field(id, "rate_limit_key"))
                .forEach(keys::add);
        keys.forEach(this::checkKey);
        snapshot.keys("rate:").forEach(this::checkTurns);
    }

    private void checkKey(String key) {
        Set<String> allowed =
                new TreeSet<>(snapshot.scores("rl:" + key + ":allowed").keySet());
        Set<String> through = census.jobs().keySet().stream()
                .filter(id -> census.field(id, "rate_limit_key").equals(key) && passes(id))
                .collect(Collectors.toCollection(TreeSet::new));
        census.demand(
                allowed.equals(through), "the key " + key + " lets through " + allowed + ", but there are " + through);
        Map<String, Double> heldBack = snapshot.scores("rl:" + key + ":rate_limited");
        int most = Integer.parseInt(snapshot.hash("rl:" + key).getOrDefault("concurrency", "0"));
        census.demand(allowed.size() <= most, "the key " + key + " is for " + most + " jobs and has " + allowed);
        census.demand(
                heldBack.isEmpty() || allowed.size() >= most,
                "the key " + key + " has room for " + most + ", let through " + allowed + " and holds back "
                        + heldBack.keySet());
        census.demand(
                snapshot.set("rl-keys").contains(key) == !(allowed.isEmpty() && heldBack.isEmpty()),
                "the key " + key + " is listed for nothing, or is in use and not listed");
    }

    /** Returns whether a job has passed the gate of its key: one that waits for a turn takes up no room meanwhile. */
    private boolean passes(String id) {
        String status = census.status(id);
        return !census.field(id, "rate_limit_key").isEmpty() && (status.equals("queued") || status.equals("started"));
    }

    private void checkTurns(String name) {
        String key = name.replaceFirst(":waiting$", "");
        if (!key.equals(name)) {
            census.demand(
                    snapshot.scores("rates").containsKey(key),
                    "jobs wait for a turn of " + key + ", which never comes");
        }
    }
}
