package dev.rq4j.redis;

import dev.rq4j.job.Dependency;
import dev.rq4j.job.Identity;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.Timing;
import dev.rq4j.job.Unique;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code lib/create.lua} is told about a new job beside its fields: only what was asked for. */
final class Directives {

    private Directives() {}

    static Map<String, String> of(JobOptions options, String queue) {
        Map<String, String> directives = new LinkedHashMap<>();
        directives.put("queue", queue);
        Dependency parents = options.relations().parents();
        if (options.timing().atFront() || (parents.toFront() && !parents.ids().isEmpty())) {
            directives.put("front", "1");
        }
        timing(directives, options.timing());
        if (!options.running().limits().isEmpty()) {
            directives.put("limited", "1");
        }
        identity(directives, options.identity());
        if (!parents.ids().isEmpty()) {
            directives.put("depends", parents.ids().stream().map(JobId::value).collect(Collectors.joining(",")));
        }
        if (options.labels().group() != null) {
            directives.put("group", options.labels().group());
        }
        return directives;
    }

    private static void timing(Map<String, String> directives, Timing timing) {
        if (timing.delay() != null) {
            directives.put("delay", Long.toString(timing.delay().toMillis()));
        }
        if (timing.at() != null) {
            directives.put("at", Long.toString(WireTime.millisUp(timing.at())));
        }
        if (timing.ttl() != null) {
            directives.put("ttl", Long.toString(timing.ttl().toSeconds()));
        }
    }

    private static void identity(Map<String, String> directives, Identity identity) {
        if (identity.id() != null && identity.ifExists() == IfExists.REPLACE) {
            directives.put("replace", "1");
        }
        Unique unique = identity.unique();
        if (unique == null) {
            return;
        }
        directives.put("unique", unique.key());
        if (unique.within() != null) {
            directives.put("unique_ms", Long.toString(unique.within().toMillis()));
        }
        if (unique.ifTaken() == IfExists.REPLACE) {
            directives.put("unique_replace", "1");
        }
    }
}
