package dev.rq4j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerCommandTest {

    @Test
    void readsTheCommandsOfPython() {
        assertThat(parse("{\"command\": \"shutdown\"}")).isEqualTo(new WorkerCommand(WorkerCommand.SHUTDOWN, null));
        assertThat(parse("{\"command\": \"kill-horse\"}")).isEqualTo(new WorkerCommand("kill-horse", null));
        assertThat(parse("{\"command\": \"stop-job\", \"job_id\": \"a-1\"}"))
                .isEqualTo(new WorkerCommand(WorkerCommand.STOP_JOB, "a-1"));
        assertThat(parse(
                        "{\"x\": [{\"command\": 1}], \"job_id\": null, \"command\": \"new\", \"execution_id\": \"e\"}"))
                .isEqualTo(new WorkerCommand("new", null, "e"));
        assertThat(parse("{\"command\": \"stop-execution\", \"job_id\": \"a-1\", \"execution_id\": \"e\"}"))
                .isEqualTo(new WorkerCommand(WorkerCommand.STOP_EXECUTION, "a-1", "e"));
    }

    @Test
    void writesWhatItReads() {
        WorkerCommand stop = new WorkerCommand(WorkerCommand.STOP_JOB, "a-1");
        assertThat(stop.toJson()).asString().isEqualTo("{\"command\":\"stop-job\",\"job_id\":\"a-1\"}");
        assertThat(WorkerCommand.parse(stop.toJson())).isEqualTo(stop);
        WorkerCommand one = new WorkerCommand(WorkerCommand.STOP_EXECUTION, "a-1", "e");
        assertThat(WorkerCommand.parse(one.toJson())).isEqualTo(one);
        assertThat(new WorkerCommand("shutdown", null).toJson()).asString().isEqualTo("{\"command\":\"shutdown\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "shutdown",
                "\"shutdown\"",
                "[]",
                "{}",
                "{\"command\": null}",
                "{\"command\": 5}",
                "{\"command\": \"stop-job\", \"job_id\": 5}",
                "{\"command\": \"stop-execution\", \"execution_id\": []}",
                "{\"command\": \"a\", \"command\": \"b\"}",
                "{\"command\": \"a\"} {}",
                "{\"command\": \"a\"",
                "{\"command\": \"a\", \"x\": [[",
            })
    void refusesTheRest(String json) {
        assertThatExceptionOfType(JobException.Unreadable.class).isThrownBy(() -> parse(json));
    }

    @Test
    void refusesHugeOnes() {
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> WorkerCommand.parse(new byte[4097]))
                .withMessage("a command is limited to 4096 bytes, but has 4097");
    }

    private static WorkerCommand parse(String json) {
        return WorkerCommand.parse(json.getBytes(UTF_8));
    }
}
