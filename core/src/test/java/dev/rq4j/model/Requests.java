package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.redis.JobStore;
import dev.rq4j.redis.Moved;
import dev.rq4j.testing.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;

/** What is asked of jobs from outside. */
final class Requests {

    private final Stage stage;
    private final World world;
    private final Wishes wishes;

    Requests(Stage stage) {
        this.stage = stage;
        this.world = stage.world;
        this.wishes = new Wishes(stage.random, stage.world);
    }

    void enqueue() {
        Wish wish = wishes.any();
        stage.note("enqueue " + wish);
        JobRequest<String> request = wish.toRequest();
        World.Answer expected = world.answerTo(wish, wish.id);
        JobStore jobs = stage.engine().jobs();
        String told;
        try {
            told = stage.send(
                            wish.tokened
                                    ? jobs.enqueue(wish.queue, List.of(request)).next()
                                    : jobs.enqueue(wish.queue, request, JobId.of(wish.id)))
                    .value();
        } catch (JobException.DuplicateJob duplicate) {
            told = "taken by " + duplicate.job();
        } catch (JobException.NoSuchDependency missing) {
            told = "nobody to wait for";
        } catch (JobException.Invalid circle) {
            told = "waits for itself";
        }
        assertThat(told).isEqualTo(expected.told());
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
        List<String> expected = new ArrayList<>();
        for (String id : ids) {
            boolean possible = world.exists(id) && world.life(id).state.endedBadly();
            expected.add(!world.exists(id) ? "gone" : possible ? "done" : "refused");
            if (possible) {
                world.requeue(world.life(id));
            }
        }
        assertThat(moved).map(Requests::told).isEqualTo(expected);
    }

    void move() {
        String id = anyId();
        String queue = stage.one(Wishes.QUEUES);
        stage.note("move " + id + " to " + queue);
        Moved moved = stage.send(stage.engine().moves().move(JobId.of(id), queue, stage.chance(50)));
        boolean possible = world.exists(id) && world.life(id).state.waits();
        assertThat(told(moved)).isEqualTo(!world.exists(id) ? "gone" : possible ? "done" : "refused");
        if (possible) {
            world.life(id).queue = queue;
        }
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

    private static String told(Moved moved) {
        return moved.isDone() ? "done" : moved.found() == null ? "gone" : "refused";
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
