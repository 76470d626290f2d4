package dev.rq4j.redis;

import dev.rq4j.job.JobStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Looks where jobs are, for those who follow them. */
final class Looks {

    private static final int BATCH = 500;

    private final OutcomeStore store;
    private final PubSub messages;

    Looks(OutcomeStore store, PubSub messages) {
        this.store = store;
        this.messages = messages;
    }

    /** Looks once, some hundred at a time, and tells what is news. */
    Mono<Void> at(Collection<Follower> followers) {
        return Flux.fromIterable(List.copyOf(followers))
                .buffer(BATCH)
                .concatMap(this::lookAt)
                .then();
    }

    private Mono<Void> lookAt(List<Follower> followers) {
        return Mono.defer(() -> {
            List<Long> before = followers.stream().map(Follower::changes).toList();
            return store.statuses(followers.stream().map(Follower::job).toList())
                    .flatMap(statuses -> tell(glimpses(followers, before, statuses)));
        });
    }

    /** What was published before the look goes first: it is here before the barrier is. */
    private Mono<Void> tell(List<Glimpse> news) {
        return news.isEmpty() ? Mono.empty() : messages.barrier().doOnSuccess(here -> news.forEach(Glimpse::tell));
    }

    private static List<Glimpse> glimpses(
            List<Follower> followers, List<Long> before, List<@Nullable JobStatus> statuses) {
        List<Glimpse> news = new ArrayList<>();
        for (int i = 0; i < followers.size(); i++) {
            Follower follower = followers.get(i);
            if (follower.isNews(statuses.get(i))) {
                news.add(new Glimpse(follower, statuses.get(i), before.get(i)));
            }
        }
        return news;
    }

    /**
     * What was seen of one job.
     *
     * @param follower who wants to know
     * @param status its status; null when it is not there
     * @param changes how much had changed when the look began
     */
    private record Glimpse(Follower follower, @Nullable JobStatus status, long changes) {

        void tell() {
            follower.see(status, changes);
        }
    }
}
