package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.testing.Census;
import dev.rq4j.testing.Snapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks whether all is as it should be: in itself, and as the model has it. */
final class Look {

    private final Stage stage;
    private final World world;

    Look(Stage stage) {
        this.stage = stage;
        this.world = stage.world;
    }

    void check() {
        Snapshot snapshot = Snapshot.of(stage.redis);
        Map<String, Map<String, String>> jobs = snapshot.jobs();
        Census.holds(snapshot);
        for (Life life : world.lives()) {
            Map<String, String> job = jobs.get(life.id);
            if (life.eitherWay) {
                world.ends.turnedOut(life, job != null);
            }
            if (!isAsExpected(life, job)) {
                throw new AssertionError("expected that " + life + ", but it is " + job);
            }
        }
        assertThat(jobs.keySet()).allMatch(world::exists);
        Wishes.QUEUES.forEach(queue -> world.lines.check(queue, snapshot.list("queue:" + queue)));
        world.lines.looked();
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
                && is(life.asked, job.get("number_of_retries"))
                && is(life.progress, job.get("progress"))
                && job.getOrDefault("meta", "{}").equals(life.changes == 0 ? "{}" : "{\"n\":" + life.changes + "}");
    }

    private static boolean is(int expected, @Nullable String field) {
        return Integer.toString(expected).equals(field == null ? "0" : field);
    }
}
