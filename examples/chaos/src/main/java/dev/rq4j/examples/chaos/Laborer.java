package dev.rq4j.examples.chaos;

import dev.rq4j.JobClient;
import dev.rq4j.examples.chaos.Entry.What;
import dev.rq4j.worker.JobContext;
import dev.rq4j.worker.QueueOrder;
import dev.rq4j.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** Runs jobs until it is told to stop or is killed, and writes down when each handler begins and ends. */
final class Laborer {

    /** A job goes back to its queue as often as its worker is killed: what fails must have failed by itself. */
    private static final int RECOVERIES = 50;

    private final Ledger ledger;
    private final Upkeep upkeep;
    private final AtomicInteger done = new AtomicInteger();

    private Laborer(Ledger ledger, Upkeep upkeep) {
        this.ledger = ledger;
        this.upkeep = upkeep;
    }

    /** Runs in a JVM of its own; the argument is the address of Redis. */
    public static void main(String[] args) {
        Settings settings = Settings.ofProperties(Path.of("."));
        JobClient client = JobClient.connect(args[0]);
        Ledger ledger = new Ledger(
                settings.directory(), "worker-" + ProcessHandle.current().pid());
        Laborer laborer = new Laborer(ledger, new Upkeep(ledger));
        Worker.builder(client)
                .queues(Work.QUEUES.toArray(String[]::new))
                // In strict order, what is brought back in the last queue waits for what waits in the first.
                .order(QueueOrder.ROUND_ROBIN)
                .concurrency(settings.slots())
                .lease(settings.lease())
                .maxRecoveries(RECOVERIES)
                .handle(Work.TASK, laborer::work)
                .build()
                .run()
                .block();
        client.close().block();
    }

    private Mono<String> work(Work work, JobContext job) {
        String id = job.id().value();
        String execution = job.execution().id();
        ledger.write(Entry.now(What.START, id, execution));
        Mono<String> worked = work.millis() == 0
                ? Mono.just(id)
                : Mono.delay(Duration.ofMillis(work.millis())).thenReturn(id);
        return worked.flatMap(done -> job.attempt() <= work.failures()
                        ? Mono.<String>error(new IllegalStateException("attempt " + job.attempt() + " is to fail"))
                        : Mono.just(done))
                .doOnTerminate(() -> {
                    ledger.write(Entry.now(What.END, id, execution));
                    upkeep.worked(done.incrementAndGet());
                });
    }
}
