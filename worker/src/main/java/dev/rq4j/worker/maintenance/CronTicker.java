package dev.rq4j.worker.maintenance;

import dev.rq4j.job.JobException;
import dev.rq4j.job.Names;
import dev.rq4j.redis.CronRuns;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Makes the runs of cron entries that are due. */
public final class CronTicker {

    private static final Logger LOG = LoggerFactory.getLogger(CronTicker.class);
    private static final int AT_ONCE = 8;

    private final CronRuns store;

    /** Looks after all entries. */
    public CronTicker(CronRuns store) {
        this.store = store;
    }

    /** Makes once the runs that are due. An entry that cannot be run keeps no other from running. */
    public Mono<Void> tick() {
        return store.due()
                .collectList()
                .flatMapIterable(CronTicker::shuffled)
                .flatMap(this::make, AT_ONCE)
                .then();
    }

    private Mono<Void> make(String name) {
        return store.make(name).onErrorResume(CronTicker::isOfEntry, error -> {
            LOG.warn("cannot run cron entry {}, trying again in a minute: {}", Names.shown(name), error.toString());
            return store.postpone(name);
        });
    }

    /** Tickers of many workers that begin at the same moment each find other entries still to do. */
    private static List<String> shuffled(List<String> names) {
        List<String> order = new ArrayList<>(names);
        Collections.shuffle(order);
        return order;
    }

    /** What is the server's or the client's trouble is trouble for all. */
    private static boolean isOfEntry(Throwable error) {
        boolean ofAll = error instanceof JobException.OfServer || error instanceof JobException.Closed;
        return !ofAll || error instanceof JobException.ServerError;
    }
}
