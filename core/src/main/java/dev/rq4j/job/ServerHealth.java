package dev.rq4j.job;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client finds when it looks at its Redis. What the server does not tell, or this user may not ask for, is
 * {@link #UNKNOWN}.
 *
 * @param up whether it answers, and the client works with it
 * @param version what it is
 * @param role {@code master} or {@code slave}, in the words of Redis
 * @param policy what it does when its memory is full, its {@code maxmemory-policy}
 * @param persistence how it keeps its data
 * @param roundTrip how long it took to answer; null when it did not
 * @param problems what is not as it should be, in sentences: it may be up and still have some
 */
public record ServerHealth(
        boolean up,
        String version,
        String role,
        String policy,
        String persistence,
        @Nullable Duration roundTrip,
        List<String> problems) {

    /** Stands for what cannot be known. */
    public static final String UNKNOWN = "unknown";

    /** Copies the list. */
    public ServerHealth {
        problems = List.copyOf(problems);
    }

    /** Returns what is known of a server that cannot be worked with. */
    public static ServerHealth down(String problem) {
        return new ServerHealth(false, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, null, List.of(problem));
    }
}
