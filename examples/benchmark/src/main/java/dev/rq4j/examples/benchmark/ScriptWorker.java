package dev.rq4j.examples.benchmark;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Claims and finishes jobs that do nothing: one claim at a time, for all slots that are free by then, and finishes as many
 * together as the scripts say. All but its beginning is on the thread of the connection.
 */
final class ScriptWorker<C> {

    private final Scripts<C> scripts;
    private final int together;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int free;
    private int toClaim;
    private int toFinish;
    private boolean claiming;

    private ScriptWorker(Scripts<C> scripts, int jobs, int concurrency) {
        this.scripts = scripts;
        this.together = scripts.together(concurrency);
        this.free = concurrency;
        this.toClaim = jobs;
        this.toFinish = jobs;
    }

    /** Waits until so many jobs, which wait already, are done. */
    static void run(Scripts<?> scripts, int jobs, int concurrency) {
        ScriptWorker<?> worker = new ScriptWorker<>(scripts, jobs, concurrency);
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
        scripts.claim(count).whenComplete(this::claimed);
    }

    private void claimed(@Nullable List<C> claims, @Nullable Throwable error) {
        claiming = false;
        if (claims == null) {
            done.completeExceptionally(error == null ? new IllegalStateException("no answer") : error);
            return;
        }
        for (int i = 0; i < claims.size(); i += together) {
            List<C> some = claims.subList(i, Math.min(claims.size(), i + together));
            scripts.finish(some).whenComplete((answer, failure) -> finished(some.size(), failure));
        }
        claim();
    }

    private void finished(int count, @Nullable Throwable error) {
        free += count;
        toFinish -= count;
        if (error != null) {
            done.completeExceptionally(error);
        } else if (toFinish == 0) {
            done.complete(null);
        } else {
            claim();
        }
    }
}
