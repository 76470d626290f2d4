package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.Moved;
import dev.rq4j.redis.PauseStore;
import dev.rq4j.testing.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Mono;

/** What is asked of jobs from outside. */
final class Requests {

    private final Stage stage;
    private final World world;

    Requests(Stage stage) {
        this.stage = stage;
        this.world = stage.world;
    }

    void cancel() {
        String id = anyId();
        stage.note("cancel " + id);
        Life life = world.life(id);
        boolean live = life != null && (life.state.waits() || life.state == State.RUNNING);
        Mono<Boolean> cancel = stage.engine().jobs().cancel(JobId.of(id));
        if (world.exists(id)) {
            boolean canceled = stage.sendEarlyOrLate(cancel);
            assertThat(canceled || stage.wasSentTwice()).isEqualTo(live || stage.wasSentTwice());
        } else {
            assertThat(stage.sendEarlyOrLate(cancel.onErrorReturn(JobException.NoSuchJob.class, false))
                            && !stage.wasSentTwice())
                    .isFalse();
        }
        if (live) {
            world.ends.badly(life, State.CANCELED);
        }
    }

    void delete() {
        delete(anyId());
    }

    void delete(String id) {
        stage.note("delete " + id);
        boolean there = world.exists(id);
        boolean deleted = stage.sendEarlyOrLate(stage.engine().jobs().delete(JobId.of(id)));
        assertThat(deleted || stage.wasSentTwice()).isEqualTo(there || stage.wasSentTwice());
        if (there) {
            world.ends.delete(world.life(id));
        }
    }

    void remove() {
        String id = anyId();
        String queue = stage.one(Wishes.QUEUES);
        stage.note("remove " + id + " from " + queue);
        boolean there = stage.redis.queue(queue).contains(id);
        boolean removed = stage.sendEarlyOrLate(stage.engine().queues().remove(queue, JobId.of(id)));
        assertThat(removed || stage.wasSentTwice()).isEqualTo(there || stage.wasSentTwice());
        if (there) {
            world.ends.delete(world.life(id));
        }
    }

    void retain() {
        retain(anyId(), stage.one(List.of(Keep.NOT, Keep.SHORT, Keep.LONG, Keep.FOR_EVER)));
    }

    void retain(String id, Keep keep) {
        stage.note("retain " + id + " " + keep);
        boolean there = world.exists(id);
        boolean retained = stage.sendEarlyOrLate(stage.engine().jobs().retain(JobId.of(id), keep.retention()));
        assertThat(retained || stage.wasSentTwice()).isEqualTo(there || stage.wasSentTwice());
        if (there) {
            world.retain(world.life(id), keep);
        }
    }

    void requeue() {
        Set<String> chosen = new LinkedHashSet<>();
        for (int i = 0; i <= stage.random.nextInt(3); i++) {
            List<Life> ended = world.in(State.FAILED, State.STOPPED, State.CANCELED);
            chosen.add(ended.isEmpty() || stage.chance(20) ? anyId() : stage.one(ended).id);
        }
        List<String> ids = List.copyOf(chosen);
        boolean front = stage.chance(50);
        stage.note("requeue " + ids + (front ? " to the front" : ""));
        List<Moved> moved = stage.sendEarlyOrLate(
                stage.engine().moves().requeue("", ids.stream().map(JobId::of).toList(), front));
        List<Boolean> expected = new ArrayList<>();
        for (String id : ids) {
            boolean possible = world.exists(id)
                    && world.life(id).state.endedBadly()
                    && world.runs.mayHaveItsKeyAgain(world.life(id));
            expected.add(possible);
            if (possible) {
                world.runs.requeue(world.life(id), front);
            }
        }
        assertThat(moved).extracting(Moved::isDone).isEqualTo(expected);
    }

    void move() {
        String id = anyId();
        String queue = stage.one(Wishes.QUEUES);
        boolean front = stage.chance(50);
        stage.note("move " + id + " to " + (front ? "the front of " : "") + queue);
        Moved moved = stage.sendEarlyOrLate(stage.engine().moves().move(JobId.of(id), queue, front));
        boolean possible = world.exists(id) && world.life(id).state.waits();
        assertThat(moved.isDone() || stage.wasSentTwice()).isEqualTo(possible || stage.wasSentTwice());
        if (possible) {
            world.move(world.life(id), queue, front);
        }
    }

    void reschedule() {
        String id = anyId();
        int delay = stage.random.nextInt(4);
        stage.note("reschedule " + id + " in " + delay);
        Moved moved =
                stage.sendEarlyOrLate(stage.engine().moves().rescheduleIn(JobId.of(id), Wish.UNIT.multipliedBy(delay)));
        boolean possible = world.exists(id) && world.life(id).state == State.DELAYED;
        assertThat(moved.isDone()).isEqualTo(possible);
        if (possible) {
            world.reschedule(world.life(id), delay);
        }
    }

    void pause(String queue) {
        stage.note("pause " + queue);
        stage.runEarlyOrLate(stage.engine().pauses().pause(queue));
        world.paused.add(queue);
    }

    void resume(String queue) {
        stage.note("resume " + queue);
        stage.runEarlyOrLate(stage.engine().pauses().resume(queue));
        world.paused.remove(queue);
    }

    /** Suspends all work for some time, or until it is resumed, or lets it go on. */
    void suspendOrResume() {
        PauseStore pauses = stage.engine().pauses();
        if (world.isSuspended()) {
            resumeAll();
        } else if (stage.chance(50)) {
            stage.note("suspend");
            stage.runEarlyOrLate(pauses.suspend());
            world.suspendedUntil = Life.NEVER;
        } else {
            stage.note("suspend for a unit of time");
            stage.runEarlyOrLate(pauses.suspend(Wish.UNIT));
            world.suspendedUntil = world.now() + 1;
        }
        assertThat(stage.send(pauses.isSuspended())).isEqualTo(world.isSuspended());
    }

    void resumeAll() {
        stage.note("resume");
        stage.runEarlyOrLate(stage.engine().pauses().resume());
        world.suspendedUntil = world.now();
    }

    void empty() {
        String queue = stage.one(Wishes.QUEUES);
        stage.note("empty " + queue);
        List<String> waiting = stage.redis.queue(queue);
        stage.send(stage.engine().queues().empty(queue));
        for (String id : waiting) {
            if (world.life(id).state == State.READY) {
                world.ends.delete(world.life(id));
            }
        }
    }

    /** Deletes what waits of a queue: who waits for another goes before that one. */
    void deleteQueue() {
        String queue = stage.one(Wishes.QUEUES);
        stage.note("delete the queue " + queue);
        List<String> deferred = stage.redis.commands().zrevrange(stage.redis.key("deferred:" + queue), 0, -1);
        boolean deleted = stage.send(stage.engine().queues().delete(queue));
        deferred.forEach(id -> deleteIf(id, queue, State.BLOCKED));
        world.lives().forEach(life -> deleteIf(life.id, queue, State.DELAYED));
        Set<String> left = Snapshot.of(stage.redis).jobs().keySet();
        for (Life life : world.in(State.READY)) {
            // One that its key holds back is in no queue: it stays, unless there was room for it.
            boolean free = life.wish.limit == null && life.wish.rate == null;
            if (free || !left.contains(life.id)) {
                deleteIf(life.id, queue, State.READY);
            }
        }
        assertThat(deleted)
                .isEqualTo(!stage.redis
                        .commands()
                        .sismember(stage.redis.key("queues"), stage.redis.key("queue:" + queue)));
        assertThat(deleted || world.lives().stream().anyMatch(life -> isUnendedIn(queue, life)))
                .isTrue();
    }

    private void deleteIf(String id, String queue, State state) {
        Life life = world.life(id);
        if (life.state == state && life.queue.equals(queue)) {
            world.ends.delete(life);
        }
    }

    private static boolean isUnendedIn(String queue, Life life) {
        return life.queue.equals(queue) && (life.state.waits() || life.state == State.RUNNING);
    }

    /** Mostly of a job that is there. */
    String anyId() {
        List<Life> there =
                world.lives().stream().filter(life -> life.state != State.GONE).toList();
        if (there.isEmpty() || stage.chance(5)) {
            return world.lives().isEmpty() || stage.chance(50) ? "nobody" : stage.one(List.copyOf(world.lives())).id;
        }
        return stage.one(there).id;
    }
}
