package dev.rq4j.job;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * Carries a generic type, which a class literal cannot: {@code new TypeRef<List<Order>>() {}}.
 *
 * @param <T> the type carried
 */
public abstract class TypeRef<T> {

    private final Type type;

    /** Reads the type from the subclass that the braces make. */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType generic)) {
            throw new JobException.Invalid("write new TypeRef<List<Order>>() {}, with the type in the angle brackets");
        }
        this.type = generic.getActualTypeArguments()[0];
    }

    /** Returns the type carried. */
    public final Type type() {
        return type;
    }
}
