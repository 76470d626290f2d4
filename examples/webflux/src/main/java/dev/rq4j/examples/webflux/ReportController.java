package dev.rq4j.examples.webflux;

import static org.springframework.format.annotation.DurationFormat.Style.SIMPLE;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Task;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reports over HTTP. What goes wrong becomes a problem detail, see {@link JobErrors}. */
@RestController
@RequestMapping("/reports")
class ReportController {

    static final Task<ReportOrder, Report> WRITE_REPORT = Task.of("reports.write", ReportOrder.class, Report.class)
            .with(job -> job.timeout(Duration.ofMinutes(5)).resultTtl(Duration.ofHours(1)));

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final JobClient jobs;
    private final JobQueue queue;

    ReportController(JobClient jobs, JobQueue queue) {
        this.jobs = jobs;
        this.queue = queue;
    }

    /**
     * Orders a report: 202 and where to look for it. Whoever names it, {@code ?id=}, can send a request whose answer was
     * lost again: 409 says that the first one arrived.
     */
    @PostMapping
    Mono<ResponseEntity<Void>> order(@RequestBody ReportOrder order, @RequestParam(defaultValue = "") String id) {
        return queue.enqueue(WRITE_REPORT, order, job -> job.id(id.isEmpty() ? JobId.random() : JobId.of(id)))
                .map(job -> ResponseEntity.accepted().location(location(job)).build());
    }

    /** Shows where it is in its life and, if it has ended, what came of it. */
    @GetMapping("/{id}")
    Mono<ReportView> look(@PathVariable String id) {
        JobHandle<Report> report = report(id);
        return report.snapshot().flatMap(job -> ReportView.of(job, report));
    }

    /**
     * Waits for the report, {@code ?timeout=} up to a minute: 200 with it, or 204 if there was nothing to report. When the
     * time is over, 202 and where to look for it: nothing is wrong, it is just not done. A caller who goes away stops the
     * waiting, and neither that nor the timeout stops the job.
     */
    @GetMapping("/{id}/result")
    Mono<ResponseEntity<Report>> await(
            @PathVariable String id,
            @RequestParam(defaultValue = "10s") @DurationFormat(style = SIMPLE) Duration timeout) {
        JobHandle<Report> report = report(id);
        return report.result()
                .map(ResponseEntity::ok)
                .defaultIfEmpty(ResponseEntity.noContent().build())
                .timeout(
                        timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT,
                        Mono.fromSupplier(() -> ResponseEntity.accepted()
                                .location(location(report))
                                .build()));
    }

    /**
     * Streams its status as it changes, until it has ended; one that is over before it could be read may be left out. A
     * browser connects again when the stream ends and says what it saw last: 204 tells it that this was all.
     */
    @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<Flux<ServerSentEvent<ReportView>>> events(
            @PathVariable String id, @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String seen) {
        if (JobStatus.ofWire(seen).isTerminal()) {
            return ResponseEntity.noContent().build();
        }
        JobHandle<Report> report = report(id);
        return ResponseEntity.ok(report.events()
                .concatMap(event -> report.snapshot().onErrorComplete(JobException.NoSuchJob.class), 1)
                .distinctUntilChanged(Job::status)
                .skipWhile(job -> job.status().wireName().equals(seen))
                .map(ReportController::event));
    }

    /** Takes the order back: 204, or 409 if the job has ended. A report that is being written is given up. */
    @DeleteMapping("/{id}")
    Mono<ResponseEntity<Void>> cancel(@PathVariable String id) {
        return report(id).cancel().map(canceled -> {
            if (!canceled) {
                throw new ResponseStatusException(HttpStatus.CONFLICT, "report " + id + " has ended already");
            }
            return ResponseEntity.noContent().build();
        });
    }

    private JobHandle<Report> report(String id) {
        return jobs.job(JobId.of(id), WRITE_REPORT);
    }

    private static URI location(JobHandle<?> job) {
        return URI.create("/reports/" + job.id());
    }

    private static ServerSentEvent<ReportView> event(Job job) {
        String status = job.status().wireName();
        return ServerSentEvent.builder(ReportView.of(job))
                .id(status)
                .event(status)
                .build();
    }
}
