package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Execution;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.JobNotes;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What is written beside jobs: by those who run them, as long as they do, and metadata by anybody. */
final class Notes {

    private final Stage stage;

    Notes(Stage stage) {
        this.stage = stage;
    }

    /** Says something about a run: that is heard while the lease is held, and brings nothing back after that. */
    void ofRun(Execution execution, @Nullable Life held) {
        switch (stage.random.nextInt(3)) {
            case 0 -> {
                assertThat(isHeard(notes().log(execution, "a line"))).isEqualTo(held != null);
                if (held != null) {
                    held.lines++;
                    assertThat(stage.send(notes().logs(execution.job()).count()))
                            .isEqualTo(held.lines);
                }
            }
            case 1 -> {
                int percent = 1 + stage.random.nextInt(100);
                assertThat(isHeard(notes().progress(execution, percent, "so far")))
                        .isEqualTo(held != null);
                if (held != null) {
                    held.progress = percent;
                }
            }
            default -> {
                int change = held == null ? 0 : held.changes + 1;
                assertThat(isHeard(notes().updateMeta(execution, changed(change))))
                        .isEqualTo(held != null);
                if (held != null) {
                    held.changes++;
                }
            }
        }
    }

    /** Changes the metadata of a job, wherever that is. */
    void change(String id, @Nullable Life there) {
        stage.note("change the metadata of " + id);
        int change = there == null ? 0 : there.changes + 1;
        assertThat(isHeard(notes().updateMeta(JobId.of(id), changed(change)))).isEqualTo(there != null);
        if (there != null) {
            there.changes++;
        }
    }

    private static UnaryOperator<Map<String, Object>> changed(int change) {
        return meta -> {
            Map<String, Object> changed = new HashMap<>(meta);
            changed.merge("n", 1, (before, one) -> change);
            return changed;
        };
    }

    private boolean isHeard(Mono<?> note) {
        return stage.send(note.thenReturn(true)
                .onErrorReturn(JobException.LeaseLost.class, false)
                .onErrorReturn(JobException.NoSuchJob.class, false));
    }

    private JobNotes notes() {
        return stage.engine().notes();
    }
}
