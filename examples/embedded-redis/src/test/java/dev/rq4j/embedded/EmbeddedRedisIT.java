package dev.rq4j.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EmbeddedRedisIT {

    @Test
    void answersUntilClosed() throws IOException {
        EmbeddedRedis redis = EmbeddedRedis.start();
        assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + redis.port());
        assertThat(ask(redis, "PING")).isEqualTo("+PONG");

        redis.close();

        assertThatThrownBy(() -> ask(redis, "PING")).isInstanceOf(ConnectException.class);
        redis.close();
    }

    @Test
    void comesBackEmptyOnTheSamePort() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            ask(redis, "SET key value");

            redis.kill();
            assertThatThrownBy(() -> ask(redis, "PING")).isInstanceOf(ConnectException.class);
            redis.restart();

            assertThat(ask(redis, "EXISTS key")).isEqualTo(":0");
        }
    }

    @Test
    void keepsDataWithAnAppendOnlyFile() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start("--appendonly", "yes", "--appendfsync", "always")) {
            ask(redis, "SET key value");

            redis.restart();

            assertThat(ask(redis, "EXISTS key")).isEqualTo(":1");
        }
    }

    @Test
    void saysNothingWhileFrozen() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            redis.freeze();
            assertThatThrownBy(() -> ask(redis, "PING")).isInstanceOf(SocketTimeoutException.class);

            redis.thaw();

            assertThat(ask(redis, "PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void aFrozenServerCanBeClosed() {
        EmbeddedRedis redis = EmbeddedRedis.start();
        redis.freeze();
        redis.close();
        assertThatThrownBy(() -> ask(redis, "PING")).isInstanceOf(ConnectException.class);
    }

    @Test
    void showsTheLogOfAServerThatDoesNotStart() {
        assertThatIllegalStateException()
                .isThrownBy(() -> EmbeddedRedis.start("--no-such-setting", "1"))
                .withMessageContaining("no-such-setting")
                .withMessageContaining("Bad directive");
    }

    @Test
    void endsWithItsJvm() throws Exception {
        String java = ProcessHandle.current().info().command().orElseThrow();
        Process jvm = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Holder.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int port = Integer.parseInt(jvm.inputReader().readLine());
        assertThat(ask(port, "PING")).isEqualTo("+PONG");

        jvm.destroyForcibly().waitFor();

        while (accepts(port)) {
            Thread.onSpinWait();
        }
    }

    /** Starts a server, prints its port and waits to be killed. */
    static final class Holder {
        public static void main(String[] args) throws InterruptedException {
            System.out.println(EmbeddedRedis.start().port());
            Thread.currentThread().join();
        }
    }

    private static boolean accepts(int port) throws IOException {
        try {
            return ask(port, "PING") != null;
        } catch (SocketException e) {
            return false;
        }
    }

    private static String ask(EmbeddedRedis redis, String command) throws IOException {
        return ask(redis.port(), command);
    }

    private static String ask(int port, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(500);
            socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
        }
    }
}
