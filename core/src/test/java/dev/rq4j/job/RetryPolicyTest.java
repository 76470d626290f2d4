package dev.rq4j.job;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    @Test
    void retriesAnyErrorAtOnceAtTheBackUnlessToldOtherwise() {
        RetryPolicy retry = RetryPolicy.times(3);

        assertThat(retry.times()).isEqualTo(3);
        assertThat(retry.intervals()).containsExactly(ZERO);
        assertThat(retry.jitter()).isZero();
        assertThat(retry.errors()).isEqualTo(ErrorFilter.ANY);
        assertThat(retry.toFront()).isFalse();
        assertThat(retry.atFront().toFront()).isTrue();
    }

    @Test
    void doublesTheIntervalsUntilTheCap() {
        RetryPolicy five = RetryPolicy.times(5);

        assertThat(five.backoff(Backoff.exponential(ofSeconds(1), ofMinutes(10)))
                        .intervals())
                .isEqualTo(seconds(1, 2, 4, 8, 16));
        assertThat(five.exponential(ofSeconds(3), ofSeconds(10)).intervals()).isEqualTo(seconds(3, 6, 10));
        assertThat(five.exponential(ofSeconds(5), ofSeconds(5)).intervals()).isEqualTo(seconds(5));
        assertThat(five.fixed(ofSeconds(7)).intervals()).isEqualTo(seconds(7));
        assertThat(RetryPolicy.times(1).exponential(ofSeconds(3), ofSeconds(10)).intervals())
                .isEqualTo(seconds(3));
    }

    @Test
    void writesOutAHundredIntervalsAtMost() {
        assertThat(RetryPolicy.times(1000).exponential(ofMillis(1), Checks.YEAR).intervals())
                .hasSizeLessThanOrEqualTo(100)
                .endsWith(Checks.YEAR);
    }

    @Test
    void roundsIntervalsUpToMilliseconds() {
        assertThat(RetryPolicy.times(2).intervals(ofNanos(1), ofMillis(250)).intervals())
                .containsExactly(ofMillis(1), ofMillis(250));
    }

    @Test
    void knowsAnErrorByItsClassThoseAboveAndTheirInterfaces() {
        FileNotFoundException missing = new FileNotFoundException();
        UncheckedIOException unchecked = new UncheckedIOException(missing);

        assertThat(ErrorFilter.ANY.admits(missing)).isTrue();
        assertThat(only(FileNotFoundException.class).admits(missing)).isTrue();
        assertThat(only(IOException.class).admits(missing)).isTrue();
        assertThat(only(IOException.class).admits(unchecked)).isFalse();
        assertThat(only(Serializable.class).admits(missing)).isTrue();
        assertThat(only(RuntimeException.class, IOException.class).admits(missing))
                .isTrue();
        assertThat(never(IOException.class).admits(missing)).isFalse();
        assertThat(never(RuntimeException.class).admits(missing)).isTrue();
        assertThat(RetryPolicy.times(1)
                        .onlyFor(IOException.class)
                        .neverFor(FileNotFoundException.class)
                        .errors()
                        .admits(missing))
                .isFalse();
    }

    @Test
    void comparesNamesThatNobodyHas() {
        assertThat(new ErrorFilter(List.of("no.such.Thing"), List.of()).admits(new IOException()))
                .isFalse();
        assertThat(new ErrorFilter(List.of(), List.of("no.such.Thing")).admits(new IOException()))
                .isTrue();
    }

    @Test
    void refusesWhatCannotBe() {
        Refusals.of(() -> RetryPolicy.times(0)).isEqualTo("the times of a retry must be 1 to 1000, but was 0");
        Refusals.of(() -> RetryPolicy.times(1001)).isEqualTo("the times of a retry must be 1 to 1000, but was 1001");
        Refusals.of(() -> RetryPolicy.times(1).jitter(1.1))
                .isEqualTo("the jitter of a retry must be 0 to 1, but was 1.1");
        Refusals.of(() -> RetryPolicy.times(1).jitter(Double.NaN)).contains("but was NaN");
        Refusals.of(() -> RetryPolicy.times(1).intervals(ofSeconds(-1)))
                .isEqualTo("an interval of a retry must not be negative, but was PT-1S");
        Refusals.of(() -> RetryPolicy.times(1).intervals(new Duration[0]))
                .isEqualTo("the number of intervals of a retry must be 1 to 100, but was 0");
        Refusals.of(() -> RetryPolicy.times(1).fixed(Duration.ofDays(366)))
                .isEqualTo("the first interval of a backoff must be at most 365 days, but was PT8784H");
        Refusals.of(() -> Backoff.exponential(ofSeconds(2), ofSeconds(1)))
                .isEqualTo("the cap of a backoff must not be shorter than its first interval of PT2S, but was PT1S");
        Refusals.of(() -> Backoff.exponential(ZERO, ofSeconds(1)))
                .isEqualTo("the first interval of a backoff must be positive, but was PT0S");
        Refusals.of(() -> new ErrorFilter(Collections.nCopies(101, "x"), List.of()))
                .isEqualTo("the number of classes in onlyFor must be 0 to 100, but was 101");
        Refusals.of(() -> Repeat.times(0)).startsWith("the times of a repeat must be 1 to ");
        Refusals.of(() -> Repeat.times(1).every(ofSeconds(-1)))
                .isEqualTo("an interval of a repeat must not be negative, but was PT-1S");
    }

    private static ErrorFilter only(Class<?>... classes) {
        return RetryPolicy.times(1).onlyFor(classes).errors();
    }

    private static ErrorFilter never(Class<?>... classes) {
        return RetryPolicy.times(1).neverFor(classes).errors();
    }

    private static List<Duration> seconds(Integer... seconds) {
        return Stream.of(seconds).map(Duration::ofSeconds).toList();
    }
}
