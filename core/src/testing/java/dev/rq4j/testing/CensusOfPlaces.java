package dev.rq4j.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every job is in one place, the one that its status names; in a place are jobs, each once. */
final class CensusOfPlaces {

    private static final List<String> REGISTRIES =
            List.of("finished", "failed", "canceled", "scheduled", "deferred", "ready");

    private final Census census;
    private final Map<String, List<String>> places = new HashMap<>();

    CensusOfPlaces(Census census) {
        this.census = census;
    }

    void check() {
        find();
        census.jobs().keySet().forEach(this::checkJob);
        places.forEach((id, where) -> {
            if (!census.exists(id)) {
                where.forEach(place -> census.complain(place + " has " + id + ", which is no job"));
            }
        });
    }

    private void find() {
        Snapshot snapshot = census.snapshot();
        for (String queue : snapshot.keys("queue:")) {
            snapshot.list("queue:" + queue).forEach(id -> found(id, "queue:" + queue));
        }
        for (String queue : snapshot.keys("wip:")) {
            snapshot.scores("wip:" + queue).keySet().forEach(member -> lease(queue, member));
        }
        for (String registry : REGISTRIES) {
            for (String queue : snapshot.keys(registry + ":")) {
                String place = registry + ":" + queue;
                snapshot.scores(place).keySet().stream()
                        .filter(id -> !isOver(place, id) || expected(id).contains(place))
                        .forEach(id -> found(id, place));
            }
        }
        snapshot.keys().stream()
                .filter(CensusOfPlaces::holdsBack)
                .forEach(key -> snapshot.scores(key).keySet().forEach(id -> found(id, key)));
    }

    private void lease(String queue, String member) {
        int colon = member.indexOf(':');
        String id = member.substring(0, colon);
        found(id, "wip:" + queue);
        census.demand(
                census.field(id, "execution_id").equals(member.substring(colon + 1)),
                "wip:" + queue + " has " + member + ", but the job says execution " + census.field(id, "execution_id"));
    }

    private void found(String id, String place) {
        places.computeIfAbsent(id, none -> new ArrayList<>()).add(place);
    }

    private void checkJob(String id) {
        List<String> expected = expected(id);
        List<String> found = places.getOrDefault(id, List.of());
        census.demand(
                found.size() == 1 && expected.contains(found.get(0)),
                id + " is " + census.status(id) + " and should be in " + expected + ", but is in " + found);
        boolean leased = census.jobs().get(id).containsKey("execution_id");
        if (census.waits(id)) {
            census.demand(!leased, id + " is " + census.status(id) + " and has an execution");
        } else if (census.status(id).equals("started")) {
            census.demand(leased, id + " is started and has no execution");
        }
        if (census.status(id).equals("scheduled")) {
            checkTime(id);
        }
    }

    private void checkTime(String id) {
        Double score = census.snapshot()
                .scores("scheduled:" + census.field(id, "origin"))
                .get(id);
        String at = census.field(id, "not_before");
        census.demand(
                score != null && !at.isEmpty() && Math.abs(score - Double.parseDouble(at)) < 0.002,
                id + " is scheduled for " + score + ", but is to run at " + at);
    }

    private List<String> expected(String id) {
        String status = census.status(id);
        String queue = census.field(id, "origin");
        return switch (status) {
            case "queued" -> List.of("queue:" + queue);
            case "started" -> List.of("wip:" + queue);
            case "stopped" -> List.of("failed:" + queue);
            case "ready_to_enqueue" -> List.of("ready:" + queue);
            case "rate_limited" ->
                List.of(
                        "rl:" + census.field(id, "rate_limit_key") + ":rate_limited",
                        "rate:" + census.field(id, "rate_key") + ":waiting");
            default -> List.of(status + ":" + queue);
        };
    }

    /** An ended job goes by itself, and may have come again; its entry goes when the registry is trimmed. */
    private boolean isOver(String place, String id) {
        boolean trimmed = place.startsWith("finished:") || place.startsWith("failed:") || place.startsWith("canceled:");
        return trimmed
                && census.snapshot().scores(place).get(id) <= census.snapshot().now() + Census.TOLERANCE;
    }

    private static boolean holdsBack(String key) {
        return (key.startsWith("rl:") && key.endsWith(":rate_limited"))
                || (key.startsWith("rate:") && key.endsWith(":waiting"));
    }
}
