package dev.rq4j;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.Engine;
import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/** Reads long lists page by page, as demand comes. */
final class Pages {

    private static final int SIZE = 500;
    private static final int LOOKUPS = 32;

    private Pages() {}

    /** Reads one page of a list. */
    interface Page {
        Flux<String> read(long offset, int count);
    }

    static Flux<JobId> all(Page page) {
        return Flux.range(0, Integer.MAX_VALUE)
                .concatMap(i -> page.read((long) i * SIZE, SIZE).collectList(), 0)
                .takeUntil(List::isEmpty)
                .concatMapIterable(ids -> ids, 1)
                .as(Pages::wellFormed);
    }

    /** Reads one page; signals {@link JobException.Invalid} for one before the beginning, or of less than nothing. */
    static <T> Flux<T> one(long offset, int count, Supplier<Flux<T>> read) {
        return Flux.defer(() -> {
            if (offset < 0 || count < 0) {
                String parameter = offset < 0 ? "offset" : "count";
                throw new JobException.Invalid("the " + parameter + " of a page must not be negative, but was "
                        + (offset < 0 ? offset : count));
            }
            return read.get();
        });
    }

    /** Jobs that go while the list is read are left out. */
    static Flux<Job> jobs(Engine engine, Flux<JobId> ids) {
        return ids.buffer(LOOKUPS).concatMap(engine.jobs()::find, 1);
    }

    /** Others can put anything into a list; what is no id is nobody's job. */
    static Flux<JobId> wellFormed(Flux<String> ids) {
        return ids.flatMapIterable(id -> {
            try {
                return List.of(JobId.of(id));
            } catch (JobException malformed) {
                return List.of();
            }
        });
    }
}
