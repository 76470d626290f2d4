package dev.rq4j.testing;

import java.util.Map;

/** Names that jobs have: unique keys, each of a job that is yet to end, and groups, which list their jobs. */
final class CensusOfNames {

    /** A key that is held for a time, whatever becomes of the job. */
    private static final String FOR_A_TIME = "~";

    private final Census census;
    private final Snapshot snapshot;

    CensusOfNames(Census census) {
        this.census = census;
        this.snapshot = census.snapshot();
    }

    void check() {
        for (String key : snapshot.keys("unique:")) {
            checkHolder(key, snapshot.text("unique:" + key));
        }
        census.jobs().forEach((id, fields) -> checkGroup(id, fields.getOrDefault("group_id", "")));
        for (String id : census.jobs().keySet()) {
            Map<String, String> fields = census.jobs().get(id);
            census.demand(fields.containsKey("status"), id + " has no status: " + fields.keySet());
            census.demand(
                    !fields.containsKey("expires_at") || !census.status(id).equals("started"),
                    id + " has started and is to expire");
        }
    }

    private void checkHolder(String key, String holder) {
        if (holder.startsWith(FOR_A_TIME)) {
            return;
        }
        census.demand(
                census.field(holder, "unique_key").equals(key) && !Census.ENDED.contains(census.status(holder)),
                "the unique key " + key + " is held by " + holder + ", which is "
                        + (census.exists(holder) ? census.status(holder) : "no job"));
    }

    private void checkGroup(String id, String group) {
        if (!group.isEmpty()) {
            census.demand(
                    snapshot.set("groups").contains(group)
                            && snapshot.set("group:" + group).contains(id),
                    "the group " + group + " does not have " + id);
        }
    }
}
