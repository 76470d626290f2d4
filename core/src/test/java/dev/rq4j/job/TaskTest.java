package dev.rq4j.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobOptions.IfExists;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskTest {

    private static final Task<String, String> ECHO = Task.of("tests.echo", String.class, String.class);

    @ParameterizedTest
    @ValueSource(strings = {"rq4j.", "rq4j.webhook", "rq4j.anything"})
    void namesOfOurOwnAreNotForOthers(String name) {
        Refusals.of(() -> Task.of(name, String.class, String.class))
                .isEqualTo("tasks that begin with \"rq4j.\" are rq4j's own, but the name was \"" + name + "\"");
        Refusals.of(() -> Task.of(name, new TypeRef<String>() {}, new TypeRef<String>() {}))
                .startsWith("tasks that begin with \"rq4j.\" are rq4j's own");
        assertThat(Task.of("rq4j_" + name.length(), String.class, String.class).name())
                .startsWith("rq4j_");
    }

    @Test
    void aTaskHasANameAndTypes() {
        Refusals.of(() -> Task.of(null, String.class, String.class))
                .isEqualTo("a task name must be 1 to 256 of A-Z a-z 0-9 _ . $ : / -, but was null");
        Refusals.of(() -> Task.of("t", null, String.class))
                .isEqualTo("the input of a task must be given, but was null");
        Refusals.of(() -> Task.of("t", String.class, null))
                .isEqualTo("the output of a task must be given, but was null");
        Refusals.of(() -> ECHO.requestFromResultOf(null)).isEqualTo("a parent must be given, but was null");
    }

    @Test
    void aRequestThatSaysWhatToDoIfItsIdExistsHasAnId() {
        String message = "ifExists is for an id that was asked for, but there is none (of a unique key, say ifTaken)";
        Refusals.of(() -> ECHO.request("x", job -> job.ifExists(IfExists.REPLACE)))
                .isEqualTo(message);
        Refusals.of(() -> ECHO.request("x").with(job -> job.ifExists(IfExists.RETURN_EXISTING)))
                .isEqualTo(message);
        Refusals.of(() -> ECHO.requestFromResultOf(JobId.of("a"), job -> job.ifExists(IfExists.REPLACE)))
                .isEqualTo(message);
    }

    @Test
    void aTaskMaySayWhatToDoIfTheIdsOfItsJobsExist() {
        Task<String, String> once = ECHO.with(job -> job.ifExists(IfExists.RETURN_EXISTING));

        assertThat(once.request("x", job -> job.id("a")).options().identity().ifExists())
                .isEqualTo(IfExists.RETURN_EXISTING);
        assertThat(once.request("x", job -> job.group("g")).options().identity().id())
                .isNull();
        assertThat(ECHO.request("x", job -> job.id("a"))
                        .with(job -> job.ifExists(IfExists.REPLACE))
                        .options()
                        .identity()
                        .ifExists())
                .isEqualTo(IfExists.REPLACE);
    }
}
