package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Dependency.OnParentFailure;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.JobStore;
import dev.rq4j.redis.Placed;
import dev.rq4j.testing.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** All ways in which jobs are asked for: alone, several at a time, in chains, and when a group is complete. */
final class Enqueues {

    private final Stage stage;
    private final World world;
    private final Wishes wishes;

    Enqueues(Stage stage, Wishes wishes) {
        this.stage = stage;
        this.world = stage.world;
        this.wishes = wishes;
    }

    /** Returns the id that was asked for. */
    String one() {
        Wish wish = wishes.any();
        if (wish.tokened && stage.chance(30)) {
            several(wish);
            return wish.id;
        }
        stage.note("enqueue " + wish);
        Arrivals.Answer expected = world.arrivals.answerTo(wish, wish.id);
        List<String> told = told(
                wish.tokened
                        ? jobs().enqueue(wish.queue, List.of(wish.toRequest()))
                        : jobs().enqueue(wish.queue, wish.toRequest(), JobId.of(wish.id))
                                .flux());
        assertThat(told).containsExactly(expected.told());
        make(wish, expected);
        return wish.id;
    }

    /** Several at a time: each is made or not as if it came alone, and what is told is what is wrong with the first. */
    private void several(Wish first) {
        List<Wish> batch = new ArrayList<>(List.of(first, wishes.next(first.queue), wishes.any()));
        batch.removeIf(wish -> !wish.tokened || !wish.queue.equals(first.queue));
        stage.note("enqueue " + batch);
        Flux<JobId> request =
                jobs().enqueue(first.queue, batch.stream().map(Wish::toRequest).toList());
        List<String> told = told(request);
        List<Arrivals.Answer> expected = new ArrayList<>();
        for (Wish wish : batch) {
            Arrivals.Answer answer = world.arrivals.answerTo(wish, wish.id);
            expected.add(answer);
            make(wish, answer);
        }
        List<String> refused = expected.stream()
                .filter(Arrivals.Answer::isRefusal)
                .map(Arrivals.Answer::told)
                .limit(1)
                .toList();
        assertThat(told)
                .isEqualTo(
                        refused.isEmpty()
                                ? expected.stream().map(Arrivals.Answer::told).toList()
                                : refused);
    }

    /** All the jobs of a chain are made, or none. */
    void chain() {
        List<Wish> chain = wishes.chain();
        stage.note("chain " + chain);
        Arrivals.Answer expected = world.arrivals.answerTo(chain);
        List<Placed> links = chain.stream().map(Enqueues::placed).toList();
        assertThat(told(jobs().enqueueChain(links).flux())).containsExactly(expected.told());
        if (expected.made()) {
            Map<String, Map<String, String>> there = Snapshot.of(stage.redis).jobs();
            for (Wish link : chain) {
                world.arrivals.make(link, link.id);
                makeCallbacks(link, link.id, there);
            }
        }
    }

    /** It waits for all that the group has now, however they end. */
    void whenComplete() {
        Wish wish = wishes.any();
        stage.note("when the group is complete, " + wish);
        Placed job = placed(wish);
        wish.fate = OnParentFailure.RUN;
        wish.parents = Stream.concat(
                        wish.parents.stream(),
                        world.members(Wishes.GROUP).stream().map(member -> member.id))
                .filter(parent -> !parent.equals(wish.id))
                .distinct()
                .toList();
        Arrivals.Answer expected = world.arrivals.answerTo(wish, wish.id);
        assertThat(told(jobs().enqueueAfter(Wishes.GROUP, job).flux())).containsExactly(expected.told());
        make(wish, expected);
    }

    private List<String> told(Flux<JobId> request) {
        try {
            return stage.sendEarlyOrLate(request.map(JobId::value).collectList());
        } catch (JobException.DuplicateJob duplicate) {
            return List.of("taken by " + duplicate.job());
        } catch (JobException.NoSuchDependency missing) {
            return List.of("nobody to wait for");
        } catch (JobException.Invalid circle) {
            return List.of("would wait for itself");
        }
    }

    private void make(Wish wish, Arrivals.Answer expected) {
        if (expected.made()) {
            world.arrivals.make(wish, wish.id);
            makeCallbacks(wish, wish.id, Snapshot.of(stage.redis).jobs());
        }
    }

    /** Callbacks have random ids: they are known by what people see of them. */
    private void makeCallbacks(Wish wish, String parent, Map<String, Map<String, String>> jobs) {
        // Of a job that was called off at once, and is not kept, there are none.
        List<Wish> callbacks = world.exists(parent) ? wish.callbacks : List.of();
        for (Wish callback : callbacks) {
            // One that went with another job of the same step is expected to be gone in the end.
            String id = jobs.keySet().stream()
                    .filter(other -> callback.id.equals(jobs.get(other).get("description")))
                    .findAny()
                    .orElse(callback.id);
            callback.parents = List.of(parent);
            world.arrivals.make(callback, id);
            makeCallbacks(callback, id, jobs);
        }
    }

    private static Placed placed(Wish wish) {
        return new Placed(JobId.of(wish.id), wish.queue, wish.toRequest());
    }

    private JobStore jobs() {
        return stage.engine().jobs();
    }
}
