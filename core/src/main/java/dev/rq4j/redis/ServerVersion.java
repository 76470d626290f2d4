package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/**
 * The version of the server as it tells it, 0 where it does not: a user without the right to ask may still have all the
 * rights that we need.
 *
 * @param major the first number
 * @param text what to show
 */
record ServerVersion(int major, String text) {

    private static final int NEEDED = 7;
    private static final Pattern REDIS = Pattern.compile("(?m)^redis_version:((\\d{1,5})[\\w.-]*)");

    static ServerVersion ofInfo(String info) {
        Matcher found = REDIS.matcher(info);
        return found.find()
                ? new ServerVersion(Integer.parseInt(found.group(2)), "Redis " + found.group(1))
                : new ServerVersion(0, "unknown");
    }

    /** Completes, or signals that the server is too old. Valkey calls itself Redis 7.2 or newer in this field. */
    Mono<Void> check() {
        return major == 0 || major >= NEEDED ? Mono.empty() : Mono.error(new JobException.ServerUnsupported(text));
    }
}
