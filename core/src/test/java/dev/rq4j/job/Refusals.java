package dev.rq4j.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What is said to those who ask for what cannot be. */
final class Refusals {

    private Refusals() {}

    static AbstractStringAssert<?> of(ThrowingCallable asked) {
        JobException.Invalid refused = catchThrowableOfType(JobException.Invalid.class, asked);
        assertThat(refused).as("a refusal").isNotNull();
        return assertThat(refused.getMessage());
    }
}
