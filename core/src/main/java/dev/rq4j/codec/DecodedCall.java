package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.util.TokenBuffer;

/** A call whose shape is known; the rules by which its arguments become one input. */
record DecodedCall(String task, Arguments arguments, Binder binder) implements PayloadCodec.Call {

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> @Nullable T input(Type type) {
        JavaType target = binder.type(type);
        return Binder.isVoid(target) ? null : (T) bind(target);
    }

    private @Nullable Object bind(JavaType target) {
        if (arguments.positional() == 0) {
            return named(target);
        }
        if (arguments.positional() == 1 && arguments.named() == 0) {
            return single(target);
        }
        if (Binder.isRecord(target)) {
            return binder.input(arguments.object(binder.components(target)), target);
        }
        if (arguments.named() == 0 && Binder.takesArray(target)) {
            return binder.input(arguments.args(), target);
        }
        throw new JobException.Unreadable("expected one argument of type " + target.toCanonical() + ", but "
                + arguments.positional() + " positional and " + arguments.named() + " named came");
    }

    private @Nullable Object named(JavaType target) {
        // a record without components has nothing to be named by
        if (arguments.named() == 0
                && !(Binder.isRecord(target) && binder.components(target).isEmpty())) {
            throw new JobException.Unreadable(
                    "expected an argument of type " + target.toCanonical() + ", but none came");
        }
        return binder.input(arguments.kwargs(), target);
    }

    private @Nullable Object single(JavaType target) {
        TokenBuffer argument = arguments.first();
        if (!Binder.isRecord(target) || argument.firstToken() == JsonToken.START_OBJECT) {
            return binder.input(argument, target);
        }
        List<String> names = binder.components(target);
        if (names.size() != 1) {
            return binder.input(argument, target);
        }
        try {
            return binder.input(arguments.firstAs(names.get(0)), target);
        } catch (JobException.Unreadable asComponent) {
            // a record may also be written as its bare value, by an annotation or a deserializer of its own
            try {
                return binder.input(argument, target);
            } catch (JobException.Unreadable asValue) {
                throw asComponent;
            }
        }
    }

    /** Names the task and never its arguments. */
    @Override
    public String toString() {
        return "Call[" + task + "]";
    }
}
