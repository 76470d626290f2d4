package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.databind.util.TokenBuffer;

/**
 * The arguments of a call as they came.
 *
 * @param args the positional ones, a JSON array
 * @param positional how many
 * @param kwargs the named ones, a JSON object
 * @param named how many
 */
record Arguments(TokenBuffer args, int positional, TokenBuffer kwargs, int named) {

    /** Returns the first positional argument. */
    TokenBuffer first() {
        try (JsonParser source = inside(args)) {
            source.nextToken();
            return copy(source);
        }
    }

    /** Returns an object whose one field is the first positional argument. */
    TokenBuffer firstAs(String name) {
        return object(List.of(name), false);
    }

    /** Returns an object of all arguments, in which the positional ones have these names. */
    TokenBuffer object(List<String> names) {
        if (positional > names.size()) {
            throw new JobException.Unreadable(
                    "expected at most " + names.size() + " positional arguments, but " + positional + " came");
        }
        return object(names, true);
    }

    private TokenBuffer object(List<String> names, boolean withNamed) {
        TokenBuffer object = TokenBuffer.forGeneration();
        object.writeStartObject();
        try (JsonParser source = inside(args)) {
            for (int i = 0; source.nextToken() != JsonToken.END_ARRAY; i++) {
                object.writeName(names.get(i));
                object.copyCurrentStructure(source);
            }
        }
        if (withNamed) {
            copyNamed(object, names.subList(0, positional));
        }
        object.writeEndObject();
        return object;
    }

    private void copyNamed(TokenBuffer object, List<String> taken) {
        try (JsonParser source = inside(kwargs)) {
            while (source.nextToken() != JsonToken.END_OBJECT) {
                if (taken.contains(source.currentName())) {
                    throw new JobException.Unreadable("expected each argument once, but \"" + source.currentName()
                            + "\" came both by position and by name");
                }
                object.copyCurrentStructure(source);
            }
        }
    }

    private static TokenBuffer copy(JsonParser source) {
        TokenBuffer copy = TokenBuffer.forGeneration();
        copy.copyCurrentStructure(source);
        return copy;
    }

    /** Returns a parser that has read the opening bracket. */
    private static JsonParser inside(TokenBuffer buffer) {
        JsonParser source = buffer.asParser(ObjectReadContext.empty());
        source.nextToken();
        return source;
    }
}
