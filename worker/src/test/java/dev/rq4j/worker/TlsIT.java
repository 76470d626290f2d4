package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rq4j.JobClient;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.redis.RedisEndpoint;
import dev.rq4j.redis.TlsOptions;
import dev.rq4j.testing.Certificates;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis over TLS: what is not trusted is not spoken to, and the reason is said within seconds. */
class TlsIT {

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String HERE = "ip:127.0.0.1";

    @TempDir
    private Path directory;

    private Certificates certificates;
    private final List<EmbeddedRedis> servers = new ArrayList<>();

    @BeforeEach
    void makeCertificates() {
        assumeTrue(EmbeddedRedis.speaksTls(), "skipped: the redis-server here was built without TLS");
        certificates = new Certificates(directory).sign("server", HERE).sign("client", HERE);
    }

    @AfterEach
    void stopServers() {
        servers.forEach(EmbeddedRedis::close);
    }

    @Test
    void aJobRunsOverMutualTls() {
        runsAJob(endpoint(serve("server", true).uri(), trusting().withCertificate(crt("client"), key("client"))));
    }

    @Test
    void aJobRunsOverTlsWithoutACertificateOfTheClient() {
        runsAJob(endpoint(serve("server", false).uri(), trusting()));
    }

    @Test
    void aServerThatAnotherAuthoritySignedIsRefused() {
        isRefused(endpoint(serve("server", false).uri(), TlsOptions.DEFAULTS), "certification path");
    }

    @Test
    void aServerWithAnotherNameIsRefused() {
        certificates.sign("elsewhere", "dns:redis.example.org");
        isRefused(endpoint(serve("elsewhere", false).uri(), trusting()), "127.0.0.1");
    }

    @Test
    void aServerWhoseCertificateIsOverIsRefused() {
        certificates.sign("old", HERE, "-9d");
        isRefused(endpoint(serve("old", false).uri(), trusting()), "NotAfter");
    }

    @Test
    void aServerWithoutTlsIsNotSpokenTo() {
        EmbeddedRedis plain = EmbeddedRedis.start();
        servers.add(plain);
        isRefused(endpoint("rediss://127.0.0.1:" + plain.port(), trusting()), "Redis");
    }

    @Test
    void aClientWithoutACertificateIsRefusedByAServerThatAsksForOne() {
        isRefused(endpoint(serve("server", true).uri(), trusting()), "Redis");
    }

    @Test
    void certificatesThatAreRenewedAreUsedWithoutARestart() {
        EmbeddedRedis server = serve("server", true);
        certificates.sign("old", HERE, "-9d");
        JobClient client =
                JobClient.connect(endpoint(server.uri(), trusting().withCertificate(crt("old"), key("old"))));
        assertThatThrownBy(() -> client.ping().block(SOON)).isInstanceOf(JobException.ServerUnavailable.class);

        certificates.sign("old", HERE);
        Eventually.holds(() -> client.ping().block(SOON));
        certificates.sign("server", HERE);
        server.restart();

        Eventually.holds(() -> client.ping().block(SOON));
        RedisExtension.close(client);
    }

    @Test
    void optionsOfTlsAreRefusedWhereNoTlsIsAskedFor() {
        assertThatThrownBy(() -> RedisEndpoint.of("redis://127.0.0.1", trusting()))
                .isInstanceOf(JobException.Invalid.class)
                .hasMessageContaining("rediss://");
        assertThatThrownBy(() -> trusting().withAuthority(directory.resolve("nowhere.crt")))
                .isInstanceOf(JobException.Invalid.class)
                .hasMessageContaining("nowhere.crt");
    }

    private void runsAJob(RedisEndpoint endpoint) {
        JobClient client = JobClient.connect(endpoint);
        Worker worker = Scene.worker(client).handle(ACT, new ScriptedHandler()).build();
        client.queue(Scene.QUEUE).enqueue(ACT, "x").block(SOON);
        assertThat(worker.drain().block(SOON)).isEqualTo(1);
        RedisExtension.close(client);
    }

    private static void isRefused(RedisEndpoint endpoint, String reason) {
        JobClient client = JobClient.connect(endpoint);
        assertThatThrownBy(() -> client.ping().block(SOON))
                .isInstanceOf(JobException.ServerUnavailable.class)
                .hasMessageContaining(reason);
        RedisExtension.close(client);
    }

    private EmbeddedRedis serve(String name, boolean mutual) {
        EmbeddedRedis server = EmbeddedRedis.startTls(
                "--tls-cert-file", crt(name).toString(),
                "--tls-key-file", key(name).toString(),
                "--tls-ca-cert-file", crt("authority").toString(),
                "--tls-auth-clients", mutual ? "yes" : "no");
        servers.add(server);
        return server;
    }

    private static RedisEndpoint endpoint(String uri, TlsOptions tls) {
        return RedisEndpoint.of(uri, tls);
    }

    private TlsOptions trusting() {
        return TlsOptions.DEFAULTS.withAuthority(crt("authority"));
    }

    private Path crt(String name) {
        return certificates.certificate(name);
    }

    private Path key(String name) {
        return certificates.key(name);
    }
}
