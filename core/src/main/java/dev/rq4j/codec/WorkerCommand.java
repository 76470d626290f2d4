package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What Python RQ publishes to a worker, such as {@code {"command": "stop-job", "job_id": "..."}}.
 *
 * @param command what to do: one of the words below, or one that is not known yet
 * @param jobId the id of the job that is meant, as it came; null when there is none
 * @param executionId the id of the execution that is meant, as it came; null when there is none
 */
public record WorkerCommand(
        String command, @Nullable String jobId, @Nullable String executionId) {

    /** Stop one job while it runs. */
    public static final String STOP_JOB = "stop-job";

    /** Stop one execution of a job while it runs; known from RQ 3.0 on. */
    public static final String STOP_EXECUTION = "stop-execution";

    /** Take no more jobs, and go on with those that run; our own. */
    public static final String QUIET = "quiet";

    /** Take jobs again; our own. */
    public static final String RESUME = "resume";

    /** Finish what runs and stop. */
    public static final String SHUTDOWN = "shutdown";

    private static final int MAX_BYTES = 4096;

    /** A command that concerns a job as a whole, or none. */
    public WorkerCommand(String command, @Nullable String jobId) {
        this(command, jobId, null);
    }

    /**
     * Reads a command; fields that it does not know are ignored.
     *
     * @throws JobException.Unreadable when the bytes are not a command
     */
    public static WorkerCommand parse(byte[] json) {
        if (json.length > MAX_BYTES) {
            throw new JobException.Unreadable(
                    "a command is limited to " + MAX_BYTES + " bytes, but has " + json.length);
        }
        try (JsonParser parser = Json.envelope(json)) {
            WorkerCommand command = read(parser);
            if (parser.nextToken() != null) {
                throw new JobException.Unreadable("expected one command, but more came");
            }
            return command;
        } catch (JacksonException e) {
            throw Problems.notJson("the command", e);
        }
    }

    /** Returns the bytes to publish. */
    public byte[] toJson() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.DEFAULT_MAPPER.createGenerator(out)) {
            json.writeStartObject();
            json.writeName("command").writeString(command);
            if (jobId != null) {
                json.writeName("job_id").writeString(jobId);
            }
            if (executionId != null) {
                json.writeName("execution_id").writeString(executionId);
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static WorkerCommand read(JsonParser parser) {
        JsonToken start = parser.nextToken();
        if (start != JsonToken.START_OBJECT) {
            throw new JobException.Unreadable("expected a command as an object, but " + Problems.kind(start) + " came");
        }
        String command = null;
        String jobId = null;
        String executionId = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "command" -> command = text(parser, "command");
                case "job_id" -> jobId = textOrNull(parser, "job_id");
                case "execution_id" -> executionId = textOrNull(parser, "execution_id");
                default -> parser.skipChildren();
            }
        }
        if (command == null) {
            throw new JobException.Unreadable("expected a field \"command\", but none came");
        }
        return new WorkerCommand(command, jobId, executionId);
    }

    private static @Nullable String textOrNull(JsonParser parser, String field) {
        return parser.currentToken() == JsonToken.VALUE_NULL ? null : text(parser, field);
    }

    private static String text(JsonParser parser, String field) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new JobException.Unreadable(
                    "expected \"" + field + "\" as a string, but " + Problems.kind(parser.currentToken()) + " came");
        }
        return parser.getString();
    }
}
