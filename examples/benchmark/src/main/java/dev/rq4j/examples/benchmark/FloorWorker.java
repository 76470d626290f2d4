package dev.rq4j.examples.benchmark;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Claims and finishes jobs that do nothing: one claim at a time, for all slots that are free by then; each job is finished
 * by a request of its own. All but its beginning is on the thread of the connection.
 */
final class FloorWorker {

    private final Floor floor;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int free;
    private int toClaim;
    private int toFinish;
    private boolean claiming;

    private FloorWorker(Floor floor, int jobs, int concurrency) {
        this.floor = floor;
        this.free = concurrency;
        this.toClaim = jobs;
        this.toFinish = jobs;
    }

    /** Waits until so many jobs, which wait already, are done. */
    static void run(Floor floor, int jobs, int concurrency) {
        FloorWorker worker = new FloorWorker(floor, jobs, concurrency);
        worker.claim();
        worker.done.join();
    }

    private void claim() {
        int count = Math.min(free, toClaim);
        if (claiming || count == 0) {
            return;
        }
        claiming = true;
        free -= count;
        toClaim -= count;
        floor.claim(count).whenComplete(this::claimed);
    }

    private void claimed(@Nullable List<byte[]> claims, @Nullable Throwable error) {
        claiming = false;
        if (claims == null) {
            done.completeExceptionally(error == null ? new IllegalStateException("no answer") : error);
            return;
        }
        for (int i = 0; i < claims.size(); i += 2) {
            floor.finish(claims.get(i)).whenComplete((answer, failure) -> finished(failure));
        }
        claim();
    }

    private void finished(@Nullable Throwable error) {
        free++;
        toFinish--;
        if (error != null) {
            done.completeExceptionally(error);
        } else if (toFinish == 0) {
            done.complete(null);
        } else {
            claim();
        }
    }
}
