package dev.rq4j.redis;

import static dev.rq4j.job.ServerHealth.UNKNOWN;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself in {@code INFO} and {@code CONFIG GET}; either may be forbidden, and the one tells much of
 * what the other does.
 *
 * @param version its version
 * @param role master or slave
 * @param policy its maxmemory-policy
 * @param mayEvict whether it drops keys by that policy as soon as its memory is full
 * @param persistence how it keeps its data, in words
 */
record ServerFacts(ServerVersion version, String role, String policy, boolean mayEvict, String persistence) {

    private static final String NO_EVICTION = "noeviction";
    private static final String NO_PERSISTENCE = "none";

    static ServerFacts of(String info, Map<String, String> config) {
        Map<String, String> told = new HashMap<>(config);
        info.lines()
                .map(line -> line.split(":", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> told.put(pair[0].strip(), pair[1].strip()));
        String policy = first(told, "maxmemory-policy", "maxmemory_policy");
        boolean limited = !"0".equals(told.getOrDefault("maxmemory", "0"));
        return new ServerFacts(
                ServerVersion.ofInfo(info),
                first(told, "role"),
                policy,
                limited && !policy.equals(NO_EVICTION) && !policy.equals(UNKNOWN),
                persistence(told));
    }

    boolean takesWrites() {
        return !role.equals("slave");
    }

    /** Returns what may cost jobs, in sentences. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!takesWrites()) {
            problems.add("The server is a replica: it takes no writes.");
        }
        if (mayEvict) {
            problems.add("The server drops jobs when its memory is full: its maxmemory-policy is " + policy
                    + ", not noeviction.");
        }
        if (persistence.equals(NO_PERSISTENCE)) {
            problems.add("The server keeps nothing: what it holds is lost when it restarts.");
        }
        return problems;
    }

    private static String persistence(Map<String, String> told) {
        @Nullable String save = told.get("save");
        boolean appends = first(told, "appendonly", "aof_enabled").matches("yes|1");
        if (appends) {
            String fsync = told.get("appendfsync");
            return fsync == null ? "append-only file" : "append-only file, fsync " + fsync;
        }
        if (save == null) {
            return UNKNOWN;
        }
        return save.isBlank() ? NO_PERSISTENCE : "snapshots, save " + save;
    }

    private static String first(Map<String, String> told, String... names) {
        for (String name : names) {
            String value = told.get(name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return UNKNOWN;
    }

    /** What is worth a line at start. */
    @Override
    public String toString() {
        return version.text() + ", role " + role + ", maxmemory-policy " + policy + ", persistence " + persistence;
    }
}
