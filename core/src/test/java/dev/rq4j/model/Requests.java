package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Timing;
import dev.rq4j.redis.JobStore;
import dev.rq4j.redis.Moved;
import dev.rq4j.testing.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is asked of jobs from outside. */
final class Requests {

    private final Stage stage;
    private final World world;
    private final Wishes wishes;

    Requests(Stage stage, Wishes wishes) {
        this.stage = stage;
        this.world = stage.world;
        this.wishes = wishes;
    }

    void enqueue() {
        Wish wish = wishes.any();
        if (wish.tokened && stage.chance(30)) {
            enqueueAll(wish);
            return;
        }
        stage.note("enqueue " + wish);
        World.Answer expected = world.answerTo(wish, wish.id);
        JobStore jobs = stage.engine().jobs();
        List<String> told = told(
                wish.tokened
                        ? jobs.enqueue(wish.queue, List.of(wish.toRequest()))
                        : jobs.enqueue(wish.queue, wish.toRequest(), JobId.of(wish.id))
                                .flux());
        assertThat(told).containsExactly(expected.told());
        make(wish, expected);
    }

    /** Several at a time: each is made or not as if it came alone, and what is told is what is wrong with the first. */
    private void enqueueAll(Wish first) {
        List<Wish> batch = new ArrayList<>(List.of(first, wishes.next(first.queue), wishes.any()));
        batch.removeIf(wish -> !wish.tokened || !wish.queue.equals(first.queue));
        stage.note("enqueue " + batch);
        Flux<JobId> request = stage.engine()
                .jobs()
                .enqueue(first.queue, batch.stream().map(Wish::toRequest).toList());
        List<String> told = told(request);
        List<World.Answer> expected = new ArrayList<>();
        for (Wish wish : batch) {
            World.Answer answer = world.answerTo(wish, wish.id);
            expected.add(answer);
            make(wish, answer);
        }
        List<String> refused = expected.stream()
                .filter(World.Answer::isRefusal)
                .map(World.Answer::told)
                .limit(1)
                .toList();
        assertThat(told)
                .isEqualTo(
                        refused.isEmpty()
                                ? expected.stream().map(World.Answer::told).toList()
                                : refused);
    }

    private List<String> told(Flux<JobId> request) {
        try {
            return stage.send(request.map(JobId::value).collectList());
        } catch (JobException.DuplicateJob duplicate) {
            return List.of("taken by " + duplicate.job());
        } catch (JobException.NoSuchDependency missing) {
            return List.of("nobody to wait for");
        } catch (JobException.Invalid circle) {
            return List.of("would wait for itself");
        }
    }

    private void make(Wish wish, World.Answer expected) {
        if (expected.made()) {
            world.make(wish, wish.id);
            makeCallbacks(wish, wish.id, Snapshot.of(stage.redis).jobs());
        }
    }

    /** Callbacks have random ids: they are known by what people see of them. */
    private void makeCallbacks(Wish wish, String parent, Map<String, Map<String, String>> jobs) {
        // Of a job that was called off at once, and is not kept, there are none.
        List<Wish> callbacks = world.exists(parent) ? wish.callbacks : List.of();
        for (Wish callback : callbacks) {
            String id = jobs.keySet().stream()
                    .filter(other -> callback.id.equals(jobs.get(other).get("description")))
                    .findAny()
                    .orElseThrow(() -> new AssertionError("the callback " + callback + " is not there"));
            callback.parents = List.of(parent);
            world.make(callback, id);
            makeCallbacks(callback, id, jobs);
        }
    }

    void cancel() {
        String id = anyId();
        stage.note("cancel " + id);
        Life life = world.life(id);
        boolean live = life != null && (life.state.waits() || life.state == State.RUNNING);
        Mono<Boolean> cancel = stage.engine().jobs().cancel(JobId.of(id));
        if (world.exists(id)) {
            boolean canceled = stage.send(cancel);
            assertThat(canceled || stage.wasLost()).isEqualTo(live || stage.wasLost());
        } else {
            assertThat(stage.send(cancel.onErrorReturn(JobException.NoSuchJob.class, false)) && !stage.wasLost())
                    .isFalse();
        }
        if (live) {
            world.endBadly(life, State.CANCELED);
        }
    }

    void delete() {
        String id = anyId();
        stage.note("delete " + id);
        boolean there = world.exists(id);
        boolean deleted = stage.send(stage.engine().jobs().delete(JobId.of(id)));
        assertThat(deleted || stage.wasLost()).isEqualTo(there || stage.wasLost());
        if (there) {
            world.delete(world.life(id));
        }
    }

    void remove() {
        String id = anyId();
        String queue = stage.one(Wishes.QUEUES);
        stage.note("remove " + id + " from " + queue);
        boolean there = stage.redis.queue(queue).contains(id);
        boolean removed = stage.send(stage.engine().queues().remove(queue, JobId.of(id)));
        assertThat(removed || stage.wasLost()).isEqualTo(there || stage.wasLost());
        if (there) {
            world.delete(world.life(id));
        }
    }

    void retain() {
        retain(anyId(), stage.one(List.of(Keep.NOT, Keep.SHORT, Keep.LONG, Keep.FOR_EVER)));
    }

    void retain(String id, Keep keep) {
        stage.note("retain " + id + " " + keep);
        boolean there = world.exists(id);
        boolean retained = stage.send(stage.engine().jobs().retain(JobId.of(id), keep.retention()));
        assertThat(retained || stage.wasLost()).isEqualTo(there || stage.wasLost());
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
        stage.note("requeue " + ids);
        List<Moved> moved = stage.send(
                stage.engine().moves().requeue(ids.stream().map(JobId::of).toList(), stage.chance(50)));
        List<Boolean> expected = new ArrayList<>();
        for (String id : ids) {
            boolean possible =
                    world.exists(id) && world.life(id).state.endedBadly() && world.mayHaveItsKeyAgain(world.life(id));
            expected.add(possible);
            if (possible) {
                world.requeue(world.life(id));
            }
        }
        assertThat(moved).extracting(Moved::isDone).isEqualTo(expected);
    }

    void move() {
        String id = anyId();
        String queue = stage.one(Wishes.QUEUES);
        stage.note("move " + id + " to " + queue);
        Moved moved = stage.send(stage.engine().moves().move(JobId.of(id), queue, stage.chance(50)));
        boolean possible = world.exists(id) && world.life(id).state.waits();
        assertThat(moved.isDone() || stage.wasLost()).isEqualTo(possible || stage.wasLost());
        if (possible) {
            world.life(id).queue = queue;
        }
    }

    void reschedule() {
        String id = anyId();
        int delay = stage.random.nextInt(4);
        stage.note("reschedule " + id + " in " + delay);
        Timing when = new Timing(Wish.UNIT.multipliedBy(delay), null, null, false);
        Moved moved = stage.send(stage.engine().moves().reschedule(JobId.of(id), when));
        boolean possible = world.exists(id) && world.life(id).state == State.DELAYED;
        assertThat(moved.isDone()).isEqualTo(possible);
        if (possible) {
            world.again(world.life(id), delay);
        }
    }

    void pause(String queue) {
        stage.note("pause " + queue);
        stage.run(stage.engine().pauses().pause(queue));
        world.paused.add(queue);
    }

    void resume(String queue) {
        stage.note("resume " + queue);
        stage.run(stage.engine().pauses().resume(queue));
        world.paused.remove(queue);
    }

    void empty() {
        String queue = stage.one(Wishes.QUEUES);
        stage.note("empty " + queue);
        List<String> waiting = stage.redis.queue(queue);
        stage.send(stage.engine().queues().empty(queue));
        for (String id : waiting) {
            if (world.life(id).state == State.READY) {
                world.delete(world.life(id));
            }
        }
    }

    /** Mostly of a job that is there. */
    private String anyId() {
        List<Life> there =
                world.lives().stream().filter(life -> life.state != State.GONE).toList();
        if (there.isEmpty() || stage.chance(5)) {
            return world.lives().isEmpty() || stage.chance(50) ? "nobody" : stage.one(List.copyOf(world.lives())).id;
        }
        return stage.one(there).id;
    }
}
