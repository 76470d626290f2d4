package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Each kind of trouble with the server is a typed error, and over when it is over. */
class ServerTroubleIT {

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @Test
    void nothingListensThere() {
        EmbeddedRedis server = start();
        server.kill();
        JobClient jobs = connect(server.uri());

        long start = System.nanoTime();
        assertFails(jobs.ping(), JobException.ServerUnavailable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void aClientThatWasThereFirstFindsTheServerWhenItComes() {
        EmbeddedRedis server = start();
        server.kill();
        JobClient jobs = connect(server.uri());
        Mono<JobHandle<String>> early = jobs.queue("q").enqueue(ECHO, "hello").cache();
        early.subscribe(job -> {}, error -> {});

        server.restart();

        assertThat(get(early.onErrorResume(error -> jobs.queue("q").enqueue(ECHO, "hello")))
                        .id())
                .isNotNull();
        assertThat(get(jobs.queue("q").size())).isEqualTo(1);
    }

    @Test
    void itDemandsAPasswordAndGetsNone() {
        EmbeddedRedis server = start("--requirepass", "open-sesame");
        JobClient jobs = connect(server.uri());

        assertFails(jobs.ping(), JobException.AccessDenied.class);
        assertFails(jobs.queue("q").enqueue(ECHO, "hello"), JobException.AccessDenied.class);
        assertFails(new PretendWorker(jobs).leases().recover("q", 1).then(), JobException.AccessDenied.class);
    }

    @Test
    void itDemandsAPasswordAndGetsAWrongOne() {
        EmbeddedRedis server = start("--requirepass", "open-sesame");
        JobClient jobs = connect("redis://:let-me-in@127.0.0.1:" + server.port());

        StepVerifier.create(jobs.ping())
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.AccessDenied.class)
                        .hasMessageNotContaining("let-me-in"))
                .verify(Eventually.DEADLINE);
        assertFails(jobs.queue("q").enqueue(ECHO, "hello"), JobException.AccessDenied.class);
        get(connect("redis://:open-sesame@127.0.0.1:" + server.port())
                .queue("q")
                .enqueue(ECHO, "hello"));
    }

    @Test
    void aUserWhoMayNotAskForTheVersionIsServedAllTheSame() {
        EmbeddedRedis server = start();
        RawRedis admin = raw(server);
        admin.commands()
                .aclSetuser(
                        "app",
                        io.lettuce.core.AclSetuserArgs.Builder.on()
                                .addPassword("pw")
                                .allKeys()
                                .allChannels()
                                .allCommands()
                                .removeCommand(io.lettuce.core.protocol.CommandType.INFO));
        JobClient jobs = connect("redis://app:pw@127.0.0.1:" + server.port());

        get(jobs.queue("q").enqueue(ECHO, "hello"));

        assertThat(get(jobs.queue("q").size())).isEqualTo(1);
    }

    @Test
    void itIsAReplica() {
        EmbeddedRedis master = start();
        EmbeddedRedis replica = start("--replicaof", "127.0.0.1", Integer.toString(master.port()));
        JobClient jobs = connect(replica.uri());

        assertFails(jobs.queue("q").enqueue(ECHO, "hello"), JobException.ServerReadOnly.class);
        assertThat(get(jobs.queue("q").size())).isZero();
        get(connect(master.uri()).queue("q").enqueue(ECHO, "hello"));
        Eventually.holds(() -> assertThat(get(jobs.queue("q").size())).isEqualTo(1));
    }

    @Test
    void itIsFullAndWhatIsThereCanStillBeWorkedOff() {
        EmbeddedRedis server = start("--maxmemory-policy", "noeviction");
        RawRedis raw = raw(server);
        JobClient jobs = connect(server.uri());
        PretendWorker worker = new PretendWorker(jobs);
        for (int i = 0; i < 10; i++) {
            worker.enqueue("q");
        }
        // less than an empty server takes
        raw.commands().configSet("maxmemory", "500kb");

        assertFails(jobs.queue("q").enqueue(ECHO, "one more"), JobException.ServerFull.class);
        List<ClaimedJob> claims = worker.claim(9, "q");
        assertThat(worker.extend(claims)).hasSize(9).containsOnly(true);
        assertThat(worker.finish(claims.get(0), "done")).isEqualTo(Settled.DONE);
        assertThat(worker.fail(claims.get(1), "broken")).isEqualTo(Settled.DONE);
        assertThat(worker.release(claims.subList(2, 9), true)).containsOnly(Settled.DONE);
        worker.claimAndDie(1, "q");
        assertThat(worker.leases()
                        .recover("q", 3)
                        .blockLast(Eventually.DEADLINE)
                        .queued())
                .hasSize(1);
        assertThat(get(jobs.queue("q").empty())).isEqualTo(8);

        raw.commands().configSet("maxmemory", "100mb");
        get(jobs.queue("q").enqueue(ECHO, "welcome again"));
    }

    @Test
    void itIsKilledAndComesBackWithoutAnyScripts() {
        EmbeddedRedis server = start("--appendonly", "yes", "--appendfsync", "always");
        JobClient jobs = connect(server.uri());
        PretendWorker worker = new PretendWorker(jobs);
        JobHandle<String> before = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        server.kill();
        assertFails(jobs.queue("q").size(), JobException.ServerUnavailable.class);
        server.restart();

        assertThat(worker.finish(claim, "done")).isEqualTo(Settled.DONE);
        assertThat(get(before.result())).isEqualTo("done");
        JobHandle<String> after = worker.enqueue("q");
        StepVerifier.create(after.result())
                .then(() -> worker.finish(worker.claimOne("q"), "done again"))
                .expectNext("done again")
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void aRequestThatIsSentWhileItIsAwayIsCarriedOutWhenItIsBack() {
        EmbeddedRedis server = start();
        JobClient jobs = connect(server.uri());
        get(jobs.ping().thenReturn(true));
        server.kill();

        Mono<JobHandle<String>> pending = jobs.queue("q").enqueue(ECHO, "hello").cache();
        pending.subscribe(job -> {}, error -> {});
        server.restart();

        get(pending);
        assertThat(get(jobs.queue("q").size())).isEqualTo(1);
    }

    @Test
    void itStopsAnsweringAndNobodyWaitsForEver() {
        EmbeddedRedis server = start();
        JobClient jobs = connect(server.uri());
        get(jobs.queue("q").enqueue(ECHO, "hello"));
        server.freeze();

        assertFails(jobs.queue("q").size(), JobException.ServerUnavailable.class);

        server.thaw();
        Eventually.holds(
                () -> assertThat(jobs.queue("q").size().onErrorReturn(-1L).block(Eventually.DEADLINE))
                        .isEqualTo(1));
    }

    @Test
    void theAddressCannotBeRead() {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> JobClient.connect("mysql://user:secret@localhost"))
                .withMessageContaining("redis://")
                .withMessageNotContaining("secret");
    }

    private static void assertFails(Mono<?> call, Class<? extends JobException> error) {
        StepVerifier.create(call).expectError(error).verify(Eventually.DEADLINE);
    }

    private EmbeddedRedis start(String... arguments) {
        EmbeddedRedis server = EmbeddedRedis.start(arguments);
        open.add(server);
        return server;
    }

    private RawRedis raw(EmbeddedRedis server) {
        RawRedis raw = new RawRedis(server.uri(), "rq");
        open.add(0, raw);
        return raw;
    }

    private JobClient connect(String uri) {
        JobClient client = JobClient.connect(uri);
        open.add(0, () -> RedisExtension.close(client));
        return client;
    }
}
