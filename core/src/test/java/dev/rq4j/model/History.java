package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.redis.Registry;
import dev.rq4j.redis.TimeStore;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Snapshot;
import dev.rq4j.testing.TimeMachine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plays one step after the other, and looks after each whether all is as it should be. */
final class History {

    /** What is to happen after a unit has happened when one has passed, though some time went by in between. */
    private static final Duration TICK = Wish.UNIT.plusSeconds(2);

    private final Stage stage;
    private final World world;
    private final Requests requests;
    private final Executions executions;

    History(Stage stage) {
        this.stage = stage;
        this.world = stage.world;
        Wishes wishes = new Wishes(stage.random, world);
        this.requests = new Requests(stage, wishes);
        this.executions = new Executions(stage, wishes);
    }

    void play(int steps) {
        for (int i = 0; i < steps; i++) {
            step(stage.random.nextInt(100));
            check();
        }
    }

    private void step(int dice) {
        if (dice < 30) {
            requests.enqueue();
        } else if (dice < 45) {
            executions.claim();
        } else if (dice < 65) {
            executions.settle();
        } else if (dice < 68) {
            executions.release();
        } else if (dice < 70) {
            if (stage.chance(50)) {
                executions.extend();
            } else {
                executions.note();
            }
        } else if (dice < 74) {
            tick();
        } else if (dice < 77) {
            executions.recover(queue());
        } else if (dice < 81) {
            promote(queue());
        } else if (dice < 84) {
            pace();
        } else if (dice < 87) {
            requests.cancel();
        } else if (dice < 89) {
            requests.delete();
        } else if (dice < 90) {
            requests.remove();
        } else if (dice < 92) {
            requests.retain();
        } else if (dice < 96) {
            requests.requeue();
        } else if (dice < 97) {
            requests.move();
        } else if (dice < 98) {
            requests.reschedule();
        } else if (dice < 99) {
            pauseOrTrim(queue());
        } else if (stage.chance(30)) {
            requests.empty();
        }
    }

    private void pauseOrTrim(String queue) {
        if (world.paused.contains(queue)) {
            requests.resume(queue);
        } else if (stage.chance(50)) {
            requests.pause(queue);
        } else {
            trim(queue);
        }
    }

    /** A worker looks at once for what is over; the rest may take a while. */
    private void tick() {
        stage.note("a unit of time passes, and what is over expires");
        TimeMachine.forward(stage.redis, TICK);
        world.tick();
        stage.run(times().expire());
        world.expire();
    }

    private void promote(String queue) {
        stage.note("promote " + queue);
        stage.run(times().promote(queue));
        world.promote(queue);
    }

    private void pace() {
        stage.note("pace");
        stage.run(times().pace());
    }

    private void trim(String queue) {
        stage.note("trim " + queue);
        for (Registry registry : List.of(Registry.FINISHED, Registry.FAILED, Registry.CANCELED)) {
            stage.run(stage.engine().queues().trim(registry, queue));
        }
        stage.run(times().tend(queue));
    }

    /** Lets everything come to an end, and time go by, until nothing is left of it. */
    void end() {
        Wishes.QUEUES.forEach(requests::resume);
        for (int round = 0; world.lives().stream().anyMatch(History::isUnended); round++) {
            assertThat(round).as("rounds until all has ended").isLessThan(200);
            tick();
            check();
            Wishes.QUEUES.forEach(this::promote);
            pace();
            check();
            executions.claim(1000, Wishes.QUEUES);
            check();
            for (Life life : world.in(State.RUNNING)) {
                executions.finish(life.claim, life);
            }
            check();
            wakeThoseThatWaitForTheFailed();
        }
        for (Life life : world.in(State.FINISHED, State.FAILED, State.STOPPED, State.CANCELED)) {
            requests.retain(life.id, Keep.SHORT);
        }
        tick();
        check();
        assertThat(world.lives()).allMatch(life -> life.state == State.GONE);
        Wishes.QUEUES.forEach(queue -> List.of(Registry.FINISHED, Registry.FAILED, Registry.CANCELED)
                .forEach(registry -> stage.run(stage.engine().queues().trim(registry, queue))));
        pace();
        assertThat(Snapshot.of(stage.redis).keys())
                .as("what is left when all jobs are gone")
                .allMatch(key -> key.equals("queues")
                        || key.equals("tombstones")
                        || key.startsWith("claimer:")
                        || key.startsWith("unique:")
                        || key.startsWith("rate:")
                        || key.startsWith("group"));
        TimeMachine.forward(stage.redis, Duration.ofDays(2000));
        assertThat(Snapshot.of(stage.redis).keys()).as("what is left for ever").isSubsetOf("queues");
    }

    private static boolean isUnended(Life life) {
        return life.state.waits() || life.state == State.RUNNING;
    }

    /** Who waits for one that failed waits for as long as that is kept. */
    private void wakeThoseThatWaitForTheFailed() {
        for (Life life : world.in(State.FAILED, State.STOPPED, State.CANCELED)) {
            requests.retain(life.id, Keep.SHORT);
        }
        check();
    }

    private void check() {
        Snapshot snapshot = Snapshot.of(stage.redis);
        Map<String, Map<String, String>> jobs = snapshot.jobs();
        Census.holds(snapshot);
        for (Life life : world.lives()) {
            Map<String, String> job = jobs.get(life.id);
            if (life.eitherWay) {
                world.turnedOut(life, job != null);
            }
            if (!isAsExpected(life, job)) {
                throw new AssertionError("expected that " + life + ", but it is " + job);
            }
        }
        assertThat(jobs.keySet()).allMatch(world::exists);
    }

    private static boolean isAsExpected(Life life, @Nullable Map<String, String> job) {
        if (life.state == State.GONE || job == null) {
            return life.state == State.GONE && job == null;
        }
        return life.words().contains(job.get("status"))
                && life.queue.equals(job.get("origin"))
                && is(life.retries, job.get("retries_left"))
                && is(life.failures, job.get("failures"))
                && is(life.repeats, job.get("repeats_left"))
                && is(life.recoveries, job.get("recoveries"))
                && is(life.asked, job.get("number_of_retries"));
    }

    private static boolean is(int expected, @Nullable String field) {
        return Integer.toString(expected).equals(field == null ? "0" : field);
    }

    private String queue() {
        return stage.one(Wishes.QUEUES);
    }

    private TimeStore times() {
        return stage.engine().times();
    }
}
