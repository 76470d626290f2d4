package dev.rq4j.examples.webflux;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rq4j.JobHandle;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What HTTP shows of a report.
 *
 * @param secondsLeft how long it is still kept; null when nothing removes it by itself, as before it has ended
 * @param result the report, if there is one
 * @param failure why there is none, in one line
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReportView(
        String id,
        String status,
        @Nullable Instant enqueuedAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Long secondsLeft,
        @Nullable Report result,
        @Nullable String failure) {

    /** Shows the job alone. */
    static ReportView of(Job job) {
        return of(job, null, null);
    }

    /** Shows a job and what came of it, if it has ended. */
    static Mono<ReportView> of(Job job, JobHandle<Report> handle) {
        if (job.status() != JobStatus.FINISHED && job.status() != JobStatus.FAILED) {
            return Mono.just(of(job));
        }
        return handle.result()
                .map(report -> of(job, report, null))
                .onErrorResume(JobException.JobFailed.class, e -> Mono.just(of(job, null, e.getMessage())))
                .defaultIfEmpty(of(job));
    }

    private static ReportView of(Job job, @Nullable Report result, @Nullable String failure) {
        Job.Times times = job.times();
        Duration left = job.expiresIn();
        return new ReportView(
                job.id().value(),
                job.status().wireName(),
                times.enqueued(),
                times.started(),
                times.ended(),
                left == null ? null : left.toSeconds(),
                result,
                failure);
    }
}
