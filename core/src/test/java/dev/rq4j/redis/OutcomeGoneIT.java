package dev.rq4j.redis;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.JobHandle;
import dev.rq4j.PretendWorker;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobStatus;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A job that has ended can go between the look at its status and the reading of what it returned. */
@ExtendWith(RedisExtension.class)
class OutcomeGoneIT {

    /** An argument that only those have who read a history. */
    private static final String NEWEST_ENTRY = "$1\r\n+\r\n";

    private RawRedis redis;
    private JobClient direct;
    private PretendWorker worker;
    private ServerSocket door;
    private JobClient slow;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);

    @BeforeEach
    void connect(JobClient direct, RawRedis redis) throws IOException {
        assumeTrue(RedisExtension.uri().startsWith("redis:"), "skipped: it reads what passes, which TLS hides");
        this.redis = redis;
        this.direct = direct;
        this.worker = new PretendWorker(direct);
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
        slow = JobClient.connect(
                "redis://127.0.0.1:" + door.getLocalPort(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        get(slow.ping().thenReturn(true));
    }

    @AfterEach
    void close() throws IOException {
        mayGoOn.countDown();
        if (slow != null) {
            RedisExtension.close(slow);
            door.close();
        }
    }

    @Test
    void aJobThatIsDeletedWhileItsResultIsReadHasNotReturnedNothing() throws Exception {
        JobHandle<String> job = get(direct.queue("q").enqueue(ECHO, "hello"));
        worker.finish(worker.claimOne("q"), "done");
        CompletableFuture<Outcome> outcome =
                slow.engine().outcomes().now(job.id()).toFuture();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        get(job.delete());
        mayGoOn.countDown();

        assertThat(outcome.get().status()).isEqualTo(JobStatus.UNKNOWN);
    }

    @Test
    void aResultThatExpiresWhileItIsReadIsNotNothing() throws Exception {
        JobHandle<String> job = get(direct.queue("q").enqueue(ECHO, "hello", o -> o.resultTtl(Duration.ofSeconds(2))));
        worker.finish(worker.claimOne("q"), "done");
        CompletableFuture<String> result =
                slow.job(job.id(), String.class).result().toFuture();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        Eventually.holds(() -> assertThat(redis.keysOf(job.id())).isEmpty());
        mayGoOn.countDown();

        assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
                .isThrownBy(result::get)
                .withCauseInstanceOf(JobException.NoSuchJob.class);
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = door.accept();
            URI target = URI.create(RedisExtension.uri());
            Socket server = new Socket(target.getHost(), target.getPort());
            start(() -> up(client, server));
            start(() -> server.getInputStream().transferTo(client.getOutputStream()));
        }
    }

    private void up(Socket client, Socket server) throws IOException {
        InputStream in = client.getInputStream();
        byte[] chunk = new byte[65536];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            if (new String(chunk, 0, count, StandardCharsets.ISO_8859_1).contains(NEWEST_ENTRY)) {
                asked.countDown();
                try {
                    mayGoOn.await();
                } catch (InterruptedException e) {
                    return;
                }
            }
            server.getOutputStream().write(chunk, 0, count);
        }
        server.close();
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException gone) {
                // closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException;
    }
}
