package dev.rq4j.redis;

import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobId;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Brings what happens to jobs to those who listen. All share one connection, on which each queue that anybody listens to
 * has a channel. Scripts publish only while a key says that somebody listens; it is renewed from here as long as that is
 * so, and goes by itself.
 */
public final class EventBus {

    private static final Logger LOG = LoggerFactory.getLogger(EventBus.class);
    private static final Duration WATCH = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final byte[] YES = {'1'};

    private final Redis redis;
    private final Channels channels;
    private final Looks looks;
    private final Map<String, Topic> topics = new HashMap<>();
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final Disposable.Composite duties = Disposables.composite();

    EventBus(Redis redis, PubSub messages, OutcomeStore outcomes) {
        this.redis = redis;
        this.channels = messages.channels();
        this.looks = new Looks(outcomes, messages);
    }

    /**
     * Emits what happens to the jobs of a queue, until cancelled. It begins with {@link JobEvent.Missed} when it listens,
     * and tells the same when it listens again after the connection was away.
     */
    public Flux<JobEvent> ofQueue(String queue) {
        return EventBuffer.stream(queue, events -> {
            Topic.Listener listener = new Everything(events);
            join(queue, listener);
            return () -> leave(listener);
        });
    }

    /**
     * Emits where a job is and what happens to it, and completes when it has ended or is gone; nothing if it is not there.
     */
    public Flux<JobEvent> ofJob(JobId id) {
        return queueOf(id)
                .flatMapMany(queue -> EventBuffer.stream(queue, events -> {
                    Follower follower = new Follower(id, queue, events, this::attend);
                    followers.add(follower);
                    join(queue, follower);
                    return () -> {
                        followers.remove(follower);
                        leave(follower);
                    };
                }))
                .takeUntil(event -> event instanceof JobEvent.Happened happened
                        && happened.type().isTerminal());
    }

    /** Begins to look after those who listen; to be called once. */
    void start() {
        duties.add(Flux.interval(WATCH.dividedBy(3))
                .onBackpressureDrop()
                .filter(tick -> !present().isEmpty())
                .concatMap(tick -> watch().onErrorResume(EventBus::later), 0)
                .filter(wasThere -> !wasThere)
                .subscribe(lapsed -> present().forEach(Topic::mayHaveMissed)));
        duties.add(Flux.interval(LOOK)
                .onBackpressureDrop()
                .filter(tick -> !followers.isEmpty())
                .concatMap(tick -> looks.at(followers).onErrorResume(EventBus::later), 0)
                .subscribe());
    }

    /** Stops; those who listen are told that the client is closed. */
    void close() {
        duties.dispose();
        present().forEach(topic -> topic.refused(RedisConnections.closedError()));
    }

    private synchronized void join(String queue, Topic.Listener listener) {
        Topic present = topics.get(queue);
        if (present == null) {
            Topic topic = new Topic(queue, watchAtLast(), this);
            topics.put(queue, topic);
            topic.add(listener);
            channels.join(redis.keys().eventsChannel(queue), topic);
        } else {
            present.add(listener);
        }
    }

    private synchronized void leave(Topic.Listener listener) {
        present().forEach(topic -> {
            topic.remove(listener);
            if (topic.isEmpty()) {
                topics.remove(topic.queue());
                channels.leave(redis.keys().eventsChannel(topic.queue()), topic);
            }
        });
    }

    private synchronized List<Topic> present() {
        return List.copyOf(topics.values());
    }

    /** A job that has moved is followed to its new queue; and where it is now, nobody has told. */
    private void attend(Follower follower) {
        synchronized (this) {
            if (followers.contains(follower)) {
                join(follower.queue(), follower);
            }
        }
        looks.at(List.of(follower)).onErrorResume(EventBus::later).subscribe();
    }

    /** Lets events be published, and emits whether that was so until now. */
    private Mono<Boolean> watch() {
        return redis.read(commands -> commands.setGet(redis.keys().watched(), YES, SetArgs.Builder.ex(WATCH))
                .map(before -> true)
                .defaultIfEmpty(false));
    }

    private Mono<Boolean> watchAtLast() {
        return watch().retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100))
                .maxBackoff(Duration.ofSeconds(1))
                .filter(error -> RedisErrors.isPassing(error) && !present().isEmpty())
                .onRetryExhaustedThrow((spec, last) -> last.failure()));
    }

    private Mono<String> queueOf(JobId id) {
        String key = redis.keys().job(id);
        return redis.read(commands -> commands.hget(key, "origin")
                        .map(Args::text)
                        .switchIfEmpty(
                                commands.exists(key).filter(count -> count > 0).map(queueless -> "")))
                // that there is none is the application's to hear, and not on the driver's threads
                .publishOn(Schedulers.parallel());
    }

    private static <T> Mono<T> later(Throwable error) {
        LOG.debug("cannot look after those who listen now", error);
        return Mono.empty();
    }

    /** Listens to all jobs of a queue. */
    private static final class Everything implements Topic.Listener {
        private final EventBuffer events;
        private volatile boolean heard;

        Everything(EventBuffer events) {
            this.events = events;
        }

        @Override
        public String job() {
            return Topic.ALL;
        }

        @Override
        public void heard() {
            events.putGap();
            heard = true;
        }

        @Override
        public void hear(JobEvent.Happened event) {
            if (heard) {
                events.put(event);
            }
        }

        @Override
        public void refused(Throwable error) {
            events.refuse(error);
        }
    }
}
