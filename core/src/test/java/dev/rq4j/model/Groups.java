package dev.rq4j.model;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobGroup;
import dev.rq4j.job.GroupProgress;
import dev.rq4j.job.JobId;
import java.util.List;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * What is asked of all jobs of a group. It is done to one after the other, in the order in which they are listed, so no
 * answer is lost here: what is sent again comes later.
 */
final class Groups {

    private final Stage stage;
    private final World world;

    Groups(Stage stage) {
        this.stage = stage;
        this.world = stage.world;
    }

    void cancel() {
        stage.note("cancel the group");
        each(group().cancel(), State.READY, life -> world.ends.badly(life, State.CANCELED));
    }

    void delete() {
        stage.note("delete the group");
        each(group().delete(), State.GONE, world.ends::delete);
        assertThat(get(group().size())).isEqualTo(world.members(Wishes.GROUP).size());
    }

    private void each(Mono<Long> request, State upTo, Consumer<Life> what) {
        List<String> listed = get(group().ids().map(JobId::value).collectList());
        assertThat(listed)
                .containsAll(world.members(Wishes.GROUP).stream()
                        .map(life -> life.id)
                        .toList());
        long done = get(request);
        long expected = 0;
        for (String id : listed) {
            boolean concerned = world.members(Wishes.GROUP).contains(world.life(id));
            if (concerned && (upTo == State.GONE || world.isUnended(id))) {
                what.accept(world.life(id));
                expected++;
            }
        }
        assertThat(done).isEqualTo(expected);
    }

    void count() {
        stage.note("count the group");
        GroupProgress counted = stage.send(stage.engine().groups().count(Wishes.GROUP));
        assertThat(List.of(
                        counted.waiting(),
                        counted.running(),
                        counted.finished(),
                        counted.failed(),
                        counted.stopped(),
                        counted.canceled()))
                .containsExactly(
                        members(State.READY, State.DELAYED, State.BLOCKED),
                        members(State.RUNNING),
                        members(State.FINISHED),
                        members(State.FAILED),
                        members(State.STOPPED),
                        members(State.CANCELED));
    }

    private long members(State... states) {
        return world.members(Wishes.GROUP).stream()
                .filter(life -> List.of(states).contains(life.state))
                .count();
    }

    private JobGroup group() {
        return stage.client().group(Wishes.GROUP);
    }
}
