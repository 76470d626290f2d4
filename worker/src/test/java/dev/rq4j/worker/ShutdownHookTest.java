package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ShutdownHookTest {

    @Test
    void aWorkerThatBeginsWhileTheJvmEndsHasNoHook() throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LateWorker.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();

        assertThat(new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualToIgnoringNewLines("went on");
        assertThat(jvm.waitFor()).isZero();
    }

    /** Ends at once, and while it ends begins a worker. */
    static final class LateWorker {
        public static void main(String[] args) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                ShutdownHook.install("late", Duration.ZERO, Mono.never()).remove();
                System.out.println("went on");
            }));
        }
    }
}
