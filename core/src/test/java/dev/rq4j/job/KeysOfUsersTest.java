package dev.rq4j.job;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that users choose become parts of keys of Redis. */
class KeysOfUsersTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "{a", "a}", "a b", "a\nb", "a\u0000", "a\u00a0b", "a\u200b"})
    void refusesKeysOfLimitsThatCouldReachElsewhere(String key) {
        Refusals.of(() -> RateLimit.concurrency(key, 1))
                .startsWith("the key of a limit must be 1 to 200 characters without : { } and spaces, but was \"");
    }

    @Test
    void takesAnyOtherKeyOfALimit() {
        assertThat(RateLimit.rate("kunde-ü/42@shop", 1, ofSeconds(1)).isRate()).isTrue();
        assertThat(RateLimit.concurrency("x".repeat(200), 1).isRate()).isFalse();
        Refusals.of(() -> RateLimit.concurrency("x".repeat(201), 1)).contains("\"" + "x".repeat(60) + "...\"");
    }

    @Test
    void refusesLimitsThatCannotBe() {
        Refusals.of(() -> RateLimit.concurrency("k", 0))
                .isEqualTo("the count of a limit must be 1 to 1000000, but was 0");
        Refusals.of(() -> RateLimit.rate("k", 1, ZERO))
                .isEqualTo("the period of a limit must be positive, but was PT0S");
        Refusals.of(() -> RateLimit.rate("k", 1, ofDays(367)))
                .isEqualTo("the period of a limit must be at most 366 days, but was PT8808H");
    }

    @Test
    void refusesUniqueKeysThatCannotBe() {
        assertThat(Unique.untilEnded("order 42: {any} ü").key()).isEqualTo("order 42: {any} ü");
        Refusals.of(() -> Unique.untilEnded(""))
                .isEqualTo("a unique key must be 1 to 200 whole characters without control characters, but was \"\"");
        Refusals.of(() -> Unique.untilEnded("x".repeat(201)))
                .startsWith("a unique key must be 1 to 200 whole characters");
        Refusals.of(() -> Unique.untilEnded("a\nb")).endsWith("but was \"a\\u000ab\"");
        Refusals.of(() -> Unique.untilEnded(null)).isEqualTo("a unique key must be given, but was null");
        Refusals.of(() -> RateLimit.concurrency(null, 1)).isEqualTo("the key of a limit must be given, but was null");
        Refusals.of(() -> Unique.within("k", ofSeconds(Long.MAX_VALUE)))
                .startsWith("the time of a unique key must be at most 3650 days, but was");
        Refusals.of(() -> Unique.within("k", ofSeconds(-1)))
                .isEqualTo("the time of a unique key must be positive, but was PT-1S");
    }
}
