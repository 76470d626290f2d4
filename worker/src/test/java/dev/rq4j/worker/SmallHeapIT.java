package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.embedded.EmbeddedRedis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What is at the limit of 10 MB runs, and what is over it is refused before there is room made for it, on every way in: a JVM
 * with a heap of 80 MB meets 100 MB on each of them and goes on.
 */
class SmallHeapIT {

    private static final String TOO_LARGE = "TooLarge: the payload of a job is limited to 10000000 bytes, but has ";
    private static final String RESULT = "is limited to 10000000 bytes, but has ";

    @Test
    void whatIsOverTheLimitIsRefusedBeforeItIsRead() {
        List<String> lines;
        try (EmbeddedRedis server = EmbeddedRedis.start()) {
            lines = SmallHeap.run(server.uri(), "small");
        }
        System.out.println(String.join("\n", lines));

        Map<String, String> came = new LinkedHashMap<>();
        for (String line : lines) {
            String[] parts = line.split(" \\| ", 3);
            came.put(parts[0], parts[parts.length - 1]);
            if (parts.length == 3) {
                assertThat(Long.parseLong(parts[1].split(" ")[0])).as(line).isLessThan(1024);
            }
        }
        assertThat(came)
                .containsKey("done")
                .containsEntry("claim at the limit", String.valueOf(SmallHeap.LIMIT - 30))
                .containsEntry("fetch", "true")
                .containsEntry("fetch of another field", "true");
        assertThat(came.get("claim one byte over")).contains(TOO_LARGE + "10000001");
        assertThat(came.get("claim far over")).contains(TOO_LARGE + SmallHeap.HUGE);
        assertThat(came.get("claim of a bomb")).contains("TooLarge: the payload of a job");
        assertThat(came.get("input")).contains("TooLarge: the payload of a job");
        for (String way :
                List.of("input that is a result", "claim of an input that is a result", "result", "history")) {
            assertThat(came.get(way))
                    .as(way)
                    .contains("TooLarge: the result of")
                    .contains(RESULT);
        }
        assertThat(came.get("result of an old RQ")).contains("TooLarge: the result of a job");
        assertThat(came.get("meta")).contains("TooLarge");
    }
}
