package dev.rq4j.examples.python;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Task;
import dev.rq4j.worker.Worker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A Java service hands work to a Python RQ worker and awaits it; a Python program hands work to a Java worker. */
public final class TwoLanguages {

    /** What the Python function takes; the names are those of its arguments. */
    public record Report(String title, List<Integer> figures) {}

    /** What it returns. */
    public record Summary(String title, int total) {}

    /** What Python sends to be mailed: {@code enqueue("email.send", to, subject=...)}. */
    public record Email(String to, String subject) {}

    /** What it gets back, as a dict. */
    public record Receipt(String id, int bytes) {}

    /** For work that Python does, the name of the task is the dotted path of the function. */
    private static final Task<Report, Summary> BUILD =
            Task.of("reports.tasks.build", Report.class, Summary.class).namedArguments();

    private static final Task<Email, Receipt> SEND_EMAIL = Task.of("email.send", Email.class, Receipt.class);

    private final PrintStream out;
    private final PythonRq python;
    private final String uri;
    private final JobClient jobs;

    private TwoLanguages(PrintStream out, PythonRq python, String uri, JobClient jobs) {
        this.out = out;
        this.python = python;
        this.uri = uri;
        this.jobs = jobs;
    }

    /** Uses the Redis whose URI is given, otherwise one of its own, and ends by itself. */
    public static void main(String[] arguments) {
        tell(System.out, PythonRq.find(), arguments);
    }

    static void tell(PrintStream out, Optional<PythonRq> python, String... arguments) {
        if (python.isEmpty()) {
            out.println(PythonRq.MISSING);
        } else if (arguments.length > 0) {
            tell(out, python.get(), arguments[0]);
        } else {
            try (EmbeddedRedis redis = EmbeddedRedis.start()) {
                tell(out, python.get(), redis.uri());
            }
        }
    }

    private static void tell(PrintStream out, PythonRq python, String uri) {
        out.println(python);
        JobClient jobs = JobClient.connect(uri);
        TwoLanguages story = new TwoLanguages(out, python, uri, jobs);
        story.javaToPython().then(story.pythonToJava()).then(jobs.close()).block(Duration.ofMinutes(1));
    }

    private Mono<Void> javaToPython() {
        return Mono.using(this::startPythonWorker, worker -> awaitSummary().then(awaitFailure()), PythonRq::end);
    }

    private Mono<Void> awaitSummary() {
        return jobs.queue("reports")
                .enqueue(BUILD, new Report("Sales", List.of(3, 4, 5)))
                .flatMap(JobHandle::result)
                .doOnNext(summary -> say("Python returned", summary))
                .then();
    }

    private Mono<Void> awaitFailure() {
        return jobs.queue("reports")
                .enqueue(BUILD, new Report("Nothing", List.of()))
                .flatMap(JobHandle::result)
                .then()
                .onErrorResume(JobException.JobFailed.class, failed -> {
                    out.println("Python failed: " + failed.getMessage());
                    out.print(failed.trace().indent(4));
                    return Mono.empty();
                });
    }

    /** What one would type: {@code rq worker --serializer rq.serializers.JSONSerializer reports}. */
    private Process startPythonWorker() {
        String options = "--serializer rq.serializers.JSONSerializer --logging_level CRITICAL";
        return python.start(("-m rq.cli worker --url " + uri + " " + options + " reports").split(" "));
    }

    private Mono<Void> pythonToJava() {
        Worker worker = Worker.builder(jobs)
                .queues("emails")
                .handle(
                        SEND_EMAIL,
                        email -> Mono.just(new Receipt("mail-1", email.subject().length())))
                .build();
        Mono<String> producer = Mono.fromCallable(() -> python.run("-m", "producer", uri))
                .subscribeOn(Schedulers.boundedElastic())
                .doOnNext(printed -> say("Python was answered", printed));
        return Mono.using(() -> worker.run().subscribe(), running -> producer, Disposable::dispose)
                .then(worker.stop(Duration.ofSeconds(5)));
    }

    private void say(String what, Object value) {
        out.println(what + " " + value);
    }
}
