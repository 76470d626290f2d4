package dev.rq4j.examples.chaos;

import dev.rq4j.examples.chaos.Entry.What;
import dev.rq4j.examples.chaos.Schedule.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Breaks what is to be broken, one thing after the other, and writes down what and when. */
final class Nemesis implements AutoCloseable {

    /** What is remembered for late attempts outlives it. */
    static final Duration LONGEST_STEP = Duration.ofSeconds(20);

    private static final long ALL = 0;
    /** For an answer, before it gives the connection up. */
    static final Duration CLIENT_WAITS = Duration.ofSeconds(3);

    private static final Duration CALM = CLIENT_WAITS.plusMillis(500);

    private final Settings settings;
    private final Server redis;
    private final Link link;
    private final Crew crew;
    private final Ledger ledger;
    private final ExecutorService aside = Executors.newSingleThreadExecutor();
    private Future<?> frozen;
    private int frozenWorker = -1;
    private long troubled = System.nanoTime();

    Nemesis(Settings settings, Server redis, Link link, Crew crew, Ledger ledger) {
        this.settings = settings;
        this.redis = redis;
        this.link = link;
        this.crew = crew;
        this.ledger = ledger;
        this.frozen = aside.submit(() -> {});
    }

    /** Returns when it is done and what was broken works again; a worker that was halted goes on later by itself. */
    void strike(Fault fault) throws IOException, InterruptedException {
        if (fault.trouble() == Trouble.STEP_CLOCK && !redis.hasClock()) {
            return;
        }
        Random random = new Random(fault.seed());
        long began = System.currentTimeMillis();
        long hit = ALL;
        switch (fault.trouble()) {
            case KILL_WORKER -> {
                int worker = victim(random);
                hit = crew.pid(worker);
                crew.kill(worker);
            }
            case TERMINATE_WORKER -> {
                awaitCalm();
                began = System.currentTimeMillis();
                int worker = victim(random);
                hit = crew.pid(worker);
                crew.terminate(worker);
            }
            case FREEZE_WORKER -> {
                int worker = victim(random);
                hit = crew.pid(worker);
                freeze(worker);
            }
            case KILL_REDIS -> redis.kill();
            case CUT_POWER -> redis.cutPower(link, Duration.ofMillis(random.nextInt(100, 1000)), random);
            case FILL_REDIS -> {
                redis.fill();
                pause(random.nextInt(1000, 4000));
                redis.makeRoom();
            }
            case SLOW_SCRIPT -> redis.keepBusy(Duration.ofMillis(random.nextInt(800, 1600)));
            case BROKEN_JOBS -> BrokenJobs.push(redis, random);
            case STEP_CLOCK -> began = stepClock(random);
            default -> disturb(fault.trouble(), random);
        }
        if (hit == ALL) {
            troubled = System.nanoTime();
        }
        note(fault.trouble(), hit, began);
    }

    /** A stop is polite while Redis can be reached: what a connection did is over when no answer is waited for any more. */
    private void awaitCalm() {
        pause(Math.max(0, CALM.minusNanos(System.nanoTime() - troubled).toMillis()));
    }

    /** Returns when the way back began: for the leases it is a step of its own. */
    private long stepClock(Random random) throws IOException {
        Duration wrong = Duration.ofMillis(random.nextLong(2_000, LONGEST_STEP.toMillis()));
        redis.setClock(random.nextBoolean() ? wrong : wrong.negated());
        note(Trouble.STEP_CLOCK, ALL, System.currentTimeMillis());
        pause(random.nextInt(500, 3_000));
        long back = System.currentTimeMillis();
        redis.setClock(Duration.ZERO);
        return back;
    }

    private void disturb(Trouble trouble, Random random) throws IOException {
        switch (trouble) {
            case SWALLOW_THEN_FIN -> link.swallow(random.nextInt(1, 5), false);
            case SWALLOW_THEN_RST -> link.swallow(random.nextInt(1, 5), true);
            case LATE_REQUEST -> {
                link.keepNext();
                pause(random.nextInt(100, 1000));
                link.deliverLate();
            }
            case DELAY -> {
                link.delay(Duration.ofMillis(random.nextInt(50, 200)));
                pause(random.nextInt(500, 2000));
            }
            case SLICE -> {
                link.slice(1);
                pause(200);
            }
            case HALF_CLOSE -> link.halfClose();
            case STALL -> link.stall();
            default -> throw new IllegalArgumentException(trouble + " is not of the link");
        }
        pause(200);
        link.heal();
    }

    /** The lease of what it holds is over when it goes on: others have it by then. */
    private void freeze(int worker) throws IOException {
        crew.signal(worker, "STOP");
        frozenWorker = worker;
        frozen = aside.submit(() -> {
            pause(2 * settings.lease().toMillis());
            crew.signal(worker, "CONT");
            return null;
        });
    }

    /** Any but the witness, and the one that is halted. */
    private int victim(Random random) {
        if (frozen.isDone()) {
            frozenWorker = -1;
        }
        int worker = random.nextInt(1, crew.size());
        return worker != frozenWorker ? worker : worker % (crew.size() - 1) + 1;
    }

    /** Returns when nothing is broken any more. */
    void rest() throws Exception {
        frozen.get();
        link.heal();
    }

    private void note(Trouble trouble, long process, long began) {
        long took = System.currentTimeMillis() - began;
        ledger.write(new Entry(What.FAULT, began, process, trouble.name(), Long.toString(took)));
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    @Override
    public void close() {
        aside.shutdownNow();
    }
}
