package dev.rq4j.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

/** Those who wait for outcomes, by job: who they are, whether the job's channel is heard, whether the job has begun. */
final class Waiters {

    private final Map<String, Party> parties = new ConcurrentHashMap<>();
    /** How many jobs somebody waits for, by their channels. */
    private final Map<String, Integer> jobs = new ConcurrentHashMap<>();

    private final UnaryOperator<String> channel;

    /** Is told by this what the channel of a job is. */
    Waiters(UnaryOperator<String> channel) {
        this.channel = channel;
    }

    /** Lets one more wait for a job, which is expected if this one is to begin it. */
    void join(String id, MonoSink<Outcome> sink, boolean expected) {
        parties.compute(id, (key, present) -> {
            Party party = present == null ? open(id) : present;
            party.sinks.add(sink);
            if (expected) {
                party.expecting.add(sink);
            }
            return party;
        });
    }

    /** Lets one go without an answer, and returns whether nobody waits for the job any more. */
    boolean leave(String id, MonoSink<Outcome> sink) {
        Party left = parties.computeIfPresent(id, (key, party) -> {
            party.sinks.remove(sink);
            party.expecting.remove(sink);
            return party.sinks.isEmpty() ? close(id) : party;
        });
        return left == null;
    }

    /** Answers all who wait for a job, and returns whether there was anybody. */
    boolean answer(String id, Consumer<MonoSink<Outcome>> answer) {
        Party party = parties.remove(id);
        if (party == null) {
            return false;
        }
        close(id);
        party.sinks.forEach(answer);
        return true;
    }

    /** Completes when the job's channel is heard. */
    Mono<Void> heard(String id) {
        Party party = parties.get(id);
        return party == null ? Mono.never() : party.heard.asMono();
    }

    void markHeard(String id) {
        Party party = parties.get(id);
        if (party != null) {
            party.isHeard = true;
            party.heard.tryEmitEmpty();
        }
    }

    /** Remembers that the job has ended, and how must be read. */
    void markEnded(String id) {
        Party party = parties.get(id);
        if (party != null) {
            party.isEnded = true;
        }
    }

    /** Remembers that this one has begun the job, and returns whether it has ended meanwhile, and how must be read. */
    boolean markBegun(String id, MonoSink<Outcome> sink) {
        Party party = parties.get(id);
        if (party == null) {
            return false;
        }
        party.expecting.remove(sink);
        return party.isEnded;
    }

    boolean isEmpty() {
        return parties.isEmpty();
    }

    List<String> ids() {
        return List.copyOf(parties.keySet());
    }

    /** Returns whether somebody waits for a job of this channel. */
    boolean isAnyOn(String name) {
        return jobs.containsKey(name);
    }

    boolean isAnyFor(String id) {
        return parties.containsKey(id);
    }

    boolean isWaiting(String id, MonoSink<Outcome> sink) {
        Party party = parties.get(id);
        return party != null && party.sinks.contains(sink);
    }

    boolean isUnheard(String id) {
        Party party = parties.get(id);
        return party != null && !party.isHeard;
    }

    /** Returns whether somebody has waited longer than this to begin a job, and its channel is still not heard. */
    boolean isOverdue(String id, Duration patience) {
        Party party = parties.get(id);
        return party != null
                && !party.isHeard
                && !party.expecting.isEmpty()
                && System.nanoTime() - party.since > patience.toNanos();
    }

    /** Returns whether somebody waits for a job that is there, or should be: if it is not found, it is gone. */
    boolean isBegun(String id) {
        Party party = parties.get(id);
        return party != null && party.expecting.isEmpty();
    }

    private Party open(String id) {
        jobs.merge(channel.apply(id), 1, Integer::sum);
        return new Party();
    }

    private @Nullable Party close(String id) {
        jobs.computeIfPresent(channel.apply(id), (name, count) -> count == 1 ? null : count - 1);
        return null;
    }

    /** Those who wait for one job. */
    private static final class Party {
        private final Set<MonoSink<Outcome>> sinks = ConcurrentHashMap.newKeySet();
        private final Sinks.Empty<Void> heard = Sinks.empty();
        private final long since = System.nanoTime();
        /** Those of them who are yet to begin the job. */
        private final Set<MonoSink<Outcome>> expecting = ConcurrentHashMap.newKeySet();

        private volatile boolean isHeard;
        private volatile boolean isEnded;
    }
}
