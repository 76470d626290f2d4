package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.util.TokenBuffer;

/** Reads {@code [name, null, [arguments], {named arguments}]}, and nothing else. */
final class CallReader {

    /** As long as a task's name may be; a longer one has no handler and would only fill logs. */
    private static final int MAX_NAME = 256;

    private static final int PICKLE = 0x80;

    private CallReader() {}

    static DecodedCall read(byte[] data, Binder binder) {
        if (data.length > 0 && (data[0] & 0xff) == PICKLE) {
            throw new JobException.Unreadable("the payload is pickled data: use RQ's JSONSerializer");
        }
        try (JsonParser json = Json.envelope(data)) {
            expect("the call", JsonToken.START_ARRAY, json.nextToken());
            expect("the name of the task", JsonToken.VALUE_STRING, json.nextToken());
            String task = name(json);
            JsonToken instance = json.nextToken();
            if (instance == JsonToken.START_ARRAY || instance == JsonToken.START_OBJECT) {
                throw unreadable("methods of instances are not supported, but an instance came");
            }
            expect("the instance", JsonToken.VALUE_NULL, instance);
            DecodedCall call = arguments(task, json, binder);
            expect("the end of the call", JsonToken.END_ARRAY, json.nextToken());
            if (json.nextToken() != null) {
                throw unreadable("something follows its end");
            }
            return call;
        } catch (JacksonException e) {
            throw Problems.notJson("the payload", e);
        }
    }

    private static String name(JsonParser json) {
        String name = json.getString();
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw unreadable(
                    "the name of the task must have 1 to " + MAX_NAME + " characters, but has " + name.length());
        }
        return name;
    }

    private static DecodedCall arguments(String task, JsonParser json, Binder binder) {
        expect("the arguments", JsonToken.START_ARRAY, json.nextToken());
        TokenBuffer args = TokenBuffer.forGeneration();
        int positional = 0;
        args.writeStartArray();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            args.copyCurrentStructure(json);
            positional++;
        }
        args.writeEndArray();

        expect("the named arguments", JsonToken.START_OBJECT, json.nextToken());
        TokenBuffer kwargs = TokenBuffer.forGeneration();
        int named = 0;
        kwargs.writeStartObject();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            kwargs.copyCurrentStructure(json);
            named++;
        }
        kwargs.writeEndObject();
        return new DecodedCall(task, new Arguments(args, positional, kwargs, named), binder);
    }

    private static void expect(String what, JsonToken expected, JsonToken came) {
        if (came != expected) {
            throw unreadable(what + " must be " + Problems.kind(expected) + ", but " + Problems.kind(came) + " came");
        }
    }

    private static JobException.Unreadable unreadable(String problem) {
        return new JobException.Unreadable(
                "the payload is not a call [name, null, [arguments], {named arguments}]: " + problem);
    }
}
