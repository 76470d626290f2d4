package dev.rq4j.worker;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.job.Callback;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Schedule;
import dev.rq4j.job.Task;
import dev.rq4j.job.Unique;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/**
 * A method of the API that takes a name, and what becomes of one.
 *
 * @param name which it is
 * @param admitted what it takes though it looks odd: it cannot reach elsewhere by it
 * @param enter asks for something by a name; what it returns is subscribed to if it is a publisher
 */
record Door(String name, Set<String> admitted, BiFunction<JobClient, String, Object> enter) {

    private static final Task<String, String> TASK = Task.of("tests.door", String.class, String.class);
    private static final JobRequest<String> REQUEST = TASK.request("x");
    private static final JobId ID = JobId.of("some-id");
    private static final String LONG = "x".repeat(201);

    /** What no door takes. */
    static final List<String> HOSTILE = List.of(
            "",
            "x".repeat(300),
            "x".repeat(10_240),
            "a\r\nFLUSHALL\r\n",
            "a\n",
            "\u0000",
            "a\u0000b",
            "a\u0085b",
            "\ud800",
            "a\udc00b",
            "\udc00\ud800");

    /** What may harm somewhere: most doors take none of these, and those that do say so. */
    static final List<String> ODD = List.of(
            LONG,
            "{x}",
            "}:{",
            "a:b",
            ":",
            "*",
            "?",
            "[a-z]",
            " ",
            "a b",
            "../x",
            "a/b",
            "\u202ex",
            "a\u200bb",
            "\u0440\u0430ypal",
            "\uff41",
            "\ud83d\ude00",
            "redis.call('FLUSHALL')");

    private static final Set<String> WITHOUT_MEANING = Set.of(
            "*", "?", "[a-z]", "../x", "a/b", "\u0440\u0430ypal", "\uff41", "\ud83d\ude00", "redis.call('FLUSHALL')");

    static Stream<Door> all() {
        return Stream.of(ids(), queues(), others(), crons(), keys()).flatMap(doors -> doors);
    }

    private static Stream<Door> ids() {
        return Stream.of(
                strict("JobId.of", (jobs, name) -> JobId.of(name)),
                strict("new JobId", (jobs, name) -> new JobId(name)),
                strict("JobOptions.id", (jobs, name) -> enqueued(jobs, job -> job.id(name))));
    }

    private static Stream<Door> queues() {
        return Stream.of(
                strict("JobClient.queue", JobClient::queue),
                strict("JobHandle.moveTo", (jobs, name) -> jobs.job(ID, TASK).moveTo(name)),
                strict(
                        "JobHandle.moveTo at front",
                        (jobs, name) -> jobs.job(ID, TASK).moveTo(name, true)),
                strict("JobGroup.enqueue", (jobs, name) -> jobs.group("g").enqueue(name, List.of(REQUEST))),
                strict("JobGroup.enqueueAll", (jobs, name) -> jobs.group("g").enqueueAll(name, Flux.just(REQUEST))),
                strict("JobGroup.whenComplete", (jobs, name) -> jobs.group("g").whenComplete(name, REQUEST)),
                strict(
                        "JobChain.then",
                        (jobs, name) -> jobs.queue("q").chain(REQUEST).then(name, TASK)),
                strict("JobOptions.onSuccess", (jobs, name) -> enqueued(jobs, job -> job.onSuccess(name, REQUEST))),
                strict("JobOptions.onFailure", (jobs, name) -> enqueued(jobs, job -> job.onFailure(name, REQUEST))),
                strict("JobOptions.onStopped", (jobs, name) -> enqueued(jobs, job -> job.onStopped(name, REQUEST))),
                strict("new Callback", (jobs, name) -> new Callback(JobStatus.FAILED, name, REQUEST)),
                strict("Workers.of", (jobs, name) -> jobs.workers().of(name)),
                strict("CronEntry.of queue", (jobs, name) -> cron("nightly", name)),
                strict(
                        "WorkerBuilder.queues",
                        (jobs, name) -> Worker.builder(jobs).queues("q", name).build()));
    }

    private static Stream<Door> others() {
        return Stream.of(
                strict("JobClient.group", JobClient::group),
                strict("JobOptions.group", (jobs, name) -> enqueued(jobs, job -> job.group(name))),
                strict(
                        "WorkerBuilder.name",
                        (jobs, name) -> Worker.builder(jobs).name(name).build()),
                new Door(
                        "JobClientOptions.withPrefix",
                        Set.of("{x}"),
                        (jobs, name) -> JobClientOptions.DEFAULTS.withPrefix(name)),
                // Python takes any text for the name of a worker.
                ofAnyWorker("Workers.find", (jobs, name) -> jobs.workers().find(name)),
                ofAnyWorker("Workers.stop", (jobs, name) -> jobs.workers().stop(name)),
                ofAnyWorker("Workers.quiet", (jobs, name) -> jobs.workers().quiet(name)),
                ofAnyWorker("Workers.resume", (jobs, name) -> jobs.workers().resume(name)),
                // It is in no key.
                new Door(
                        "Task.of",
                        Set.of("a:b", ":", "../x", "a/b", LONG),
                        (jobs, name) -> Task.of(name, String.class, String.class)));
    }

    private static Stream<Door> crons() {
        return Stream.of(
                strict("CronEntry.of", (jobs, name) -> cron(name, "q")),
                strict("CronTable.get", (jobs, name) -> jobs.cron().get(name)),
                strict("CronTable.find", (jobs, name) -> jobs.cron().find(name)),
                strict("CronTable.pause", (jobs, name) -> jobs.cron().pause(name)),
                strict("CronTable.resume", (jobs, name) -> jobs.cron().resume(name)),
                strict("CronTable.fire", (jobs, name) -> jobs.cron().fire(name)),
                strict("CronTable.fire task", (jobs, name) -> jobs.cron().fire(name, TASK)),
                strict("CronTable.remove", (jobs, name) -> jobs.cron().remove(name)),
                strict("CronTable.preview", (jobs, name) -> jobs.cron().preview(name, 3)),
                strict("CronTable.history", (jobs, name) -> jobs.cron().history(name)),
                strict("CronTable.history page", (jobs, name) -> jobs.cron().history(name, 0, 10)));
    }

    private static Stream<Door> keys() {
        Set<String> all = Set.copyOf(ODD.subList(1, ODD.size()));
        return Stream.of(
                new Door("RateLimit.concurrency", WITHOUT_MEANING, (jobs, name) -> RateLimit.concurrency(name, 1)),
                new Door(
                        "RateLimit.rate",
                        WITHOUT_MEANING,
                        (jobs, name) -> RateLimit.rate(name, 1, Duration.ofSeconds(1))),
                // A unique key is the last part of a key of Redis, and of none besides.
                new Door("JobClient.unique", all, JobClient::unique),
                new Door("Unique.untilEnded", all, (jobs, name) -> Unique.untilEnded(name)),
                new Door("Unique.within", all, (jobs, name) -> Unique.within(name, Duration.ofSeconds(1))),
                new Door("Unique.debounce", all, (jobs, name) -> Unique.debounce(name)));
    }

    private static Door strict(String name, BiFunction<JobClient, String, Object> enter) {
        return new Door(name, Set.of(), enter);
    }

    private static Door ofAnyWorker(String name, BiFunction<JobClient, String, Object> enter) {
        Set<String> admitted = Set.copyOf(ODD.stream()
                .filter(odd -> !odd.contains("\u202e") && !odd.contains("\u200b"))
                .toList());
        return new Door(name, admitted, enter);
    }

    private static Object enqueued(JobClient jobs, Consumer<JobOptions.Builder> change) {
        return jobs.queue("q").enqueue(TASK, "x", change);
    }

    private static CronEntry cron(String name, String queue) {
        return CronEntry.of(name, Schedule.every(Duration.ofHours(1)), queue, REQUEST);
    }

    @Override
    public String toString() {
        return name;
    }
}
