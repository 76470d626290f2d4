package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/**
 * The channels on which it is told how jobs end. A job has one of its own, but those that a client draws the ids of, to await
 * them, have one together, which is subscribed to once: their ids are UUIDs of version 8, which RFC 9562 leaves to whoever
 * makes them, and begin with the eight digits of the client. Who waits for such a job of another client hears of all jobs
 * of that client meanwhile. As in {@code lib/outcome.lua}.
 */
final class OutcomeChannels {

    private static final int DIGITS = 8;
    private static final int VERSION = 14;
    private static final Pattern SHARING = Pattern.compile("(\\p{XDigit}{8})-\\p{XDigit}{4}-8.*");

    private final Keys keys;
    private final PubSub messages;
    private final Consumer<Announcement> listener;
    private final Ear ear = new Ear();
    private final String digits = random().substring(0, DIGITS);
    /** The channel of the ids that are drawn here. */
    private final String own;
    /** On which connection that was heard last; none has this number. */
    private volatile long heardOn = -1;

    /** Hands what is told to this listener, on the driver's threads. */
    OutcomeChannels(Keys keys, PubSub messages, Consumer<Announcement> listener) {
        this.keys = keys;
        this.own = keys.outcomeChannel(digits);
        this.messages = messages;
        this.listener = listener;
    }

    /** Draws an id. */
    JobId newId() {
        String random = random();
        return JobId.of(digits + random.substring(DIGITS, VERSION) + '8' + random.substring(VERSION + 1));
    }

    /** Returns the channel of a job. */
    String of(String job) {
        Matcher sharing = SHARING.matcher(job);
        return keys.outcomeChannel(sharing.matches() ? sharing.group(1) : job);
    }

    /** Returns whether the id is one that is drawn here: its channel is kept. */
    boolean isOwn(String job) {
        return of(job).equals(own);
    }

    /** Returns whether it is one of these, and its channel is heard by now. */
    boolean isHeard(String job) {
        return isOwn(job) && messages.isAlive(heardOn);
    }

    /** Listens for the ends of these jobs; completes when all of them are heard. */
    Mono<Void> listen(Collection<String> jobs) {
        return messages.subscribe(jobs.stream().map(this::of).distinct().toList(), ear);
    }

    /** Gives up channels. */
    Mono<Void> leave(Collection<String> channels) {
        return messages.unsubscribe(channels);
    }

    private static String random() {
        return UUID.randomUUID().toString();
    }

    private final class Ear implements PubSub.Listener {

        @Override
        public void heard(String channel, long connection) {
            if (channel.equals(own)) {
                heardOn = connection;
            }
        }

        @Override
        public void message(String channel, byte[] message) {
            Announcement told = Announcement.read(message);
            if (told != null) {
                listener.accept(told);
            }
        }
    }
}
