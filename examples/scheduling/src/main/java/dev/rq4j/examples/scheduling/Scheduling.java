package dev.rq4j.examples.scheduling;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.rq4j.CronTable;
import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Missed;
import dev.rq4j.job.Overlap;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.Schedule;
import dev.rq4j.job.Task;
import dev.rq4j.worker.Worker;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Jobs that run later, several times, not too late, and by cron. */
public final class Scheduling {

    private static final Task<String, String> REMIND = Task.of("reminders.send", String.class, String.class);
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private final PrintStream out;
    private final JobClient jobs;
    private final JobQueue queue;

    Scheduling(PrintStream out, JobClient jobs) {
        this.out = out;
        this.jobs = jobs;
        this.queue = jobs.queue("reminders");
    }

    /** Tells the story, and ends by itself. */
    public static void main(String[] args) {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            JobClient jobs = JobClient.connect(redis.uri());
            new Scheduling(System.out, jobs).tell().then(jobs.close()).block(Duration.ofMinutes(1));
        }
    }

    Mono<Void> tell() {
        Worker worker = Worker.builder(jobs)
                .queues("reminders")
                .handle(REMIND, text -> Mono.just(text + " sent"))
                .build();
        return Mono.using(() -> worker.run().subscribe(), running -> story(), Disposable::dispose)
                .then(worker.stop(ofSeconds(5)));
    }

    private Mono<Void> story() {
        return Flux.concat(later(), notTooLate(), again(), byCron()).then();
    }

    /** To the millisecond, by the clock of Redis. */
    private Mono<Void> later() {
        Instant at = Instant.now().plusMillis(400);
        return Flux.concat(
                        queue.enqueue(REMIND, "in a quarter of a second", job -> job.delay(ofMillis(250))),
                        queue.enqueue(REMIND, "at a given time", job -> job.at(at)))
                .flatMapSequential(JobHandle::result)
                .doOnNext(out::println)
                .then();
    }

    /** Nobody serves this queue: the job goes, and who waits for it is told. */
    private Mono<Void> notTooLate() {
        return jobs.queue("reminders.urgent")
                .enqueue(REMIND, "never", job -> job.ttl(ofSeconds(1)))
                .flatMap(JobHandle::result)
                .onErrorResume(JobException.JobExpired.class, expired -> Mono.just("expired before it started"))
                .doOnNext(out::println)
                .then();
    }

    /** Its result is that of the last run; the runs before are on record. */
    private Mono<Void> again() {
        return queue.enqueue(
                        REMIND, "three times", job -> job.repeat(Repeat.times(2).every(ofMillis(100), ofMillis(200))))
                .flatMap(job -> job.result().then(job.results().count()))
                .doOnNext(runs -> out.println("ran " + runs + " times"))
                .then();
    }

    /** Entries live in Redis: any client can put, pause, fire and remove them, and any worker fires them once. */
    private Mono<Void> byCron() {
        CronTable cron = jobs.cron();
        CronEntry entry = CronEntry.of(
                        "daily-digest", Schedule.cron("30 2 * * *", BERLIN), "reminders", REMIND.request("the digest"))
                .with(options -> options.missed(Missed.one()).overlap(Overlap.SKIP));
        return cron.put(entry)
                .thenMany(Flux.fromIterable(entry.schedule().preview(Instant.parse("2026-03-28T00:00:00Z"), 3)))
                .map(run -> run.atZone(BERLIN).toLocalDateTime())
                .doOnNext(run -> out.println("the digest is due on " + run))
                .then(cron.fire("daily-digest"))
                .flatMap(job -> jobs.job(job.id(), REMIND).result())
                .doOnNext(result -> out.println("fired now: " + result))
                .then(cron.remove("daily-digest"))
                .then();
    }
}
