package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Says what went wrong without saying with what: errors end up in logs and in other people's tools, payloads must not.
 * Jackson's messages, and those of the users' own constructors and getters, may quote values, so none is passed on, not
 * even as a cause; types, places and kinds of JSON are.
 */
final class Problems {

    private static final int MAX_NAME = 64;

    private Problems() {}

    /** Returns the error for bytes that are not JSON. */
    static JobException.Unreadable notJson(String what, JacksonException e) {
        String problem = "is not JSON";
        if (e instanceof StreamConstraintsException) {
            problem = "is JSON nested too deep, or with a number or a name too long";
        } else if (e instanceof UnexpectedEndOfInputException) {
            problem = "is JSON that ends too early";
        } else if (e.getOriginalMessage() != null && e.getOriginalMessage().startsWith("Duplicate")) {
            problem = "has an object with the same field twice";
        }
        TokenStreamLocation location = e.getLocation();
        return new JobException.Unreadable(what
                + ' '
                + problem
                + (location == null || location.getByteOffset() < 0 ? "" : ", at byte " + location.getByteOffset()));
    }

    /** Returns the error for JSON that is not a value of the type. */
    static JobException.Unreadable unreadable(String what, JavaType type, RuntimeException e) {
        if (e instanceof StreamReadException read && !(e instanceof InputCoercionException)) {
            return notJson(what, read);
        }
        return new JobException.Unreadable(
                "cannot read " + what + " as " + type.toCanonical() + ": " + path(e) + mismatch(e));
    }

    /** Returns the error for a value that cannot be written. */
    static JobException.Unwritable unwritable(String what, @Nullable Object value, RuntimeException e) {
        String problem = "is nested too deep or holds itself";
        if (e instanceof InvalidDefinitionException definition && definition.getType() != null) {
            problem = "there is no way to write " + definition.getType().toCanonical() + " as JSON";
        } else if (!isNesting(e)) {
            problem = thrown(e);
        }
        return new JobException.Unwritable(
                "cannot write " + what + ", " + typeOf(value) + ", as JSON: " + path(e) + problem, null);
    }

    static String typeOf(@Nullable Object value) {
        return value == null ? "null" : value.getClass().getTypeName();
    }

    static String kind(@Nullable JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case END_ARRAY -> "the end of the array";
            case PROPERTY_NAME -> "a field";
            default -> "nothing";
        };
    }

    private static String mismatch(RuntimeException e) {
        if (e instanceof InputCoercionException coercion) {
            return expected(coercion.getTargetType(), coercion.getInputType()) + " that does not fit";
        }
        if (e instanceof UnrecognizedPropertyException) {
            return "the type has no such field";
        }
        if (e instanceof InvalidFormatException format) {
            return expected(format.getTargetType(), format.getCurrentToken()) + " that is not one";
        }
        if (e instanceof MismatchedInputException mismatch) {
            return expected(mismatch.getTargetType(), mismatch.getCurrentToken());
        }
        if (e instanceof InvalidDefinitionException definition && definition.getType() != null) {
            return "there is no way to make " + definition.getType().toCanonical() + " from JSON";
        }
        return thrown(e);
    }

    private static String expected(@Nullable Class<?> type, @Nullable JsonToken came) {
        return "expected " + (type == null ? "something else" : type.getTypeName()) + ", but " + kind(came) + " came";
    }

    /** Names what a constructor, getter or converter of the user threw, and where. */
    private static String thrown(Throwable e) {
        Throwable root = e;
        for (int depth = 0; depth < 20 && root.getCause() != null && isWrapper(root); depth++) {
            root = root.getCause();
        }
        StackTraceElement[] frames = root.getStackTrace();
        return root.getClass().getName() + " was thrown" + (frames.length == 0 ? "" : " at " + frames[0]);
    }

    private static boolean isWrapper(Throwable e) {
        return e instanceof JacksonException || e instanceof ReflectiveOperationException;
    }

    private static boolean isNesting(RuntimeException e) {
        return e instanceof StreamConstraintsException || e.getCause() instanceof StreamConstraintsException;
    }

    private static String path(RuntimeException e) {
        if (!(e instanceof JacksonException json) || json.getPath().isEmpty()) {
            return "";
        }
        StringBuilder path = new StringBuilder("at ");
        for (JacksonException.Reference step : json.getPath()) {
            String name = step.getPropertyName();
            if (name == null) {
                path.append('[').append(Math.max(step.getIndex(), 0)).append(']');
            } else {
                path.append(path.length() == 3 ? "" : ".").append(shown(step, name));
            }
            if (path.length() > 10 * MAX_NAME) {
                return path.append("...: ").toString();
            }
        }
        return path.append(": ").toString();
    }

    /** The keys of a map are data, unlike the fields of a type. */
    private static String shown(JacksonException.Reference step, String name) {
        if (step.from() instanceof Map || (step.from() instanceof Class<?> type && Map.class.isAssignableFrom(type))) {
            return "*";
        }
        String cut = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) + "..." : name;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
