package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.redis.Registry;
import dev.rq4j.redis.TimeStore;
import dev.rq4j.testing.Snapshot;
import dev.rq4j.testing.TimeMachine;
import java.time.Duration;
import java.util.List;

/** Plays one step after the other, and looks after each whether all is as it should be. */
final class History {

    /** What is to happen after a unit has happened when one has passed, though some time went by in between. */
    private static final Duration TICK = Wish.UNIT.plusSeconds(2);

    private final Stage stage;
    private final World world;
    private final Enqueues enqueues;
    private final Requests requests;
    private final Executions executions;
    private final Settlements settlements;
    private final Notes notes;
    private final Groups groups;
    private final Crons crons;
    private final Look look;

    History(Stage stage) {
        this.stage = stage;
        this.world = stage.world;
        Wishes wishes = new Wishes(stage.random, world);
        Held held = new Held(stage);
        this.enqueues = new Enqueues(stage, wishes);
        this.requests = new Requests(stage);
        this.notes = new Notes(stage);
        this.executions = new Executions(stage, held, notes);
        this.settlements = new Settlements(stage, wishes, held);
        this.groups = new Groups(stage);
        this.crons = new Crons(stage, wishes);
        this.look = new Look(stage);
    }

    void play(int steps) {
        for (int i = 0; i < steps; i++) {
            if (stage.chance(20)) {
                stage.deliver();
            }
            step(stage.random.nextInt(130));
            check();
        }
    }

    private void step(int dice) {
        if (dice < 30) {
            enqueue();
        } else if (dice < 42) {
            executions.claim();
        } else if (dice < 62) {
            settlements.any();
        } else if (dice < 65) {
            settlements.release();
        } else if (dice < 67) {
            executions.extend();
        } else if (dice < 72) {
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
        } else if (dice < 100) {
            emptyOrDelete();
        } else {
            stepOfMany(dice - 100);
        }
    }

    /** What comes late is told from a new wish also when what it made is gone. */
    private void enqueue() {
        boolean before = stage.hasUnderWay();
        String id = enqueues.one();
        if (!before && stage.hasUnderWay() && stage.chance(50)) {
            requests.delete(id);
            stage.deliver();
        }
    }

    /** What concerns several jobs, and what is written beside them. */
    private void stepOfMany(int dice) {
        if (dice < 6) {
            enqueues.chain();
        } else if (dice < 10) {
            enqueues.whenComplete();
        } else if (dice < 11) {
            groups.cancel();
        } else if (dice < 12) {
            groups.delete();
        } else if (dice < 13) {
            groups.count();
        } else if (dice < 17) {
            note();
        } else if (dice < 27) {
            crons.step(dice - 17);
        } else if (dice < 29) {
            requests.suspendOrResume();
        } else {
            emptyOrDelete();
        }
    }

    private void note() {
        if (stage.chance(50)) {
            executions.note();
        } else {
            String id = requests.anyId();
            notes.change(id, world.exists(id) ? world.life(id) : null);
        }
    }

    private void emptyOrDelete() {
        if (stage.chance(30)) {
            requests.empty();
        } else if (stage.chance(40)) {
            requests.deleteQueue();
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
        // What comes so late that a unit has passed is not recognised any more: what was done is remembered for a
        // minute.
        stage.deliver();
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
        crons.end();
        requests.resumeAll();
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
                settlements.finish(life.claim, life);
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
                        || key.startsWith("attempt:")
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
        look.check();
    }

    private String queue() {
        return stage.one(Wishes.QUEUES);
    }

    private TimeStore times() {
        return stage.engine().times();
    }
}
