package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The windows in which Python RQ is known to lose jobs (L), run or end them twice (D), leave them in a wrong state (W) or
 * leak keys and time (K). Each has exactly one test, named after it, that shows it closed for jobs that rq4j handles.
 */
class RqWindowsTest {

    private static final List<String> ROWS = List.of(
            "L1", "L2", "L3", "L4", "L5", "L6", "L7", "D1", "D2", "D3", "D4", "D5", "D6", "W1", "W2", "W3", "W4", "W5",
            "W6", "W7", "K1", "K2", "K3", "K4", "K5", "K6");

    private static final List<Class<?>> CLASSES = List.of(
            RqLossWindowsIT.class, RqDuplicateWindowsIT.class, RqWrongStateWindowsIT.class, RqLeakWindowsIT.class);

    @Test
    void eachWindowHasOneTest() {
        List<String> tests = CLASSES.stream()
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(method -> {
                    String row = method.getName().substring(0, 2).toUpperCase(Locale.ROOT);
                    assertThat(method.getName()).matches("[ldwk]\\d_[a-z].*");
                    assertThat(method.getAnnotation(DisplayName.class).value()).startsWith(row + ": ");
                    return row;
                })
                .toList();

        assertThat(tests).containsExactlyInAnyOrderElementsOf(ROWS);
    }
}
