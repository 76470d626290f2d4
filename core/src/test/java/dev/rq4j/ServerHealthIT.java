package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.job.ServerHealth;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a client finds out about its server before it uses it, and whenever it is asked. */
class ServerHealthIT {

    private static final String[] EVICTING = {"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"};

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @Test
    void aServerAsItShouldBe() {
        JobClient jobs =
                connect(start("--appendonly", "yes", "--appendfsync", "always").uri());

        ServerHealth health = get(jobs.health());

        assertThat(health.up()).isTrue();
        assertThat(health.version()).startsWith("Redis ");
        assertThat(health.role()).isEqualTo("master");
        assertThat(health.policy()).isEqualTo("noeviction");
        assertThat(health.persistence()).isEqualTo("append-only file, fsync always");
        assertThat(health.roundTrip()).isBetween(Duration.ZERO, Duration.ofSeconds(3));
        assertThat(health.problems()).isEmpty();
    }

    @Test
    void aServerThatEvictsIsRefusedUnlessThatIsAllowed() {
        EmbeddedRedis server = start(EVICTING);
        JobClient jobs = connect(server.uri());

        StepVerifier.create(jobs.queue("q").enqueue(ECHO, "hello"))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(JobException.ServerEvicting.class)
                        .hasMessageContaining("noeviction")
                        .hasMessageContaining("allkeys-lru"))
                .verify(Eventually.DEADLINE);
        assertThat(get(jobs.health()).up()).isFalse();
        assertThat(get(jobs.health()).problems()).singleElement().asString().contains("allkeys-lru");

        JobClient daring = connect(server.uri(), JobClientOptions.DEFAULTS.withEvictionAllowed());
        get(daring.queue("q").enqueue(ECHO, "hello"));
        assertThat(get(daring.health()).up()).isTrue();
        assertThat(get(daring.health()).problems()).anyMatch(problem -> problem.contains("allkeys-lru"));
    }

    @Test
    void whatIsRefusedIsTakenWhenItIsMended() {
        EmbeddedRedis server = start(EVICTING);
        JobClient jobs = connect(server.uri());
        fails(jobs.ping(), JobException.ServerEvicting.class);

        raw(server).commands().configSet("maxmemory-policy", "noeviction");

        get(jobs.queue("q").enqueue(ECHO, "hello"));
    }

    @Test
    void aServerThatEvictsWhenItComesBackIsFoundOutAndUsedAllTheSame() {
        EmbeddedRedis server = start();
        RawRedis raw = raw(server);
        JobClient jobs = connect(server.uri());
        get(jobs.queue("q").enqueue(ECHO, "hello"));

        raw.commands().configSet("maxmemory", "100mb");
        raw.commands().configSet("maxmemory-policy", "volatile-lru");
        raw.commands().clientKill(io.lettuce.core.KillArgs.Builder.typeNormal().skipme());

        Eventually.holds(
                () -> assertThat(get(jobs.health()).problems()).anyMatch(problem -> problem.contains("volatile-lru")));
        assertThat(get(jobs.queue("q").size())).isOne();
        fails(connect(server.uri()).ping(), JobException.ServerEvicting.class);
    }

    @Test
    void whatAUserMayNotAskForIsUnknown() {
        EmbeddedRedis server = start();
        raw(server)
                .commands()
                .aclSetuser("app", user().removeCommand(CommandType.INFO).removeCommand(CommandType.CONFIG));
        JobClient jobs = connect("redis://app:pw@127.0.0.1:" + server.port());

        ServerHealth health = get(jobs.health());

        assertThat(health.up()).isTrue();
        assertThat(health)
                .extracting(ServerHealth::version, ServerHealth::role, ServerHealth::policy, ServerHealth::persistence)
                .containsOnly(ServerHealth.UNKNOWN);
        assertThat(health.problems()).isEmpty();
    }

    @Test
    void aUserWithoutTheRightToRunScriptsIsAProblem() {
        EmbeddedRedis server = start();
        raw(server).commands().aclSetuser("app", user().removeCommand(CommandType.EVALSHA));
        JobClient jobs = connect("redis://app:pw@127.0.0.1:" + server.port());

        ServerHealth health = get(jobs.health());

        assertThat(health.up()).isFalse();
        assertThat(health.problems()).anyMatch(problem -> problem.contains("NOPERM"));
    }

    @Test
    void aReplicaIsNotUp() {
        EmbeddedRedis master = start();
        EmbeddedRedis replica = start("--replicaof", "127.0.0.1", "" + master.port());

        ServerHealth health = get(connect(replica.uri()).health());

        assertThat(health.up()).isFalse();
        assertThat(health.role()).isEqualTo("slave");
    }

    @Test
    void aServerThatIsGoneOrFrozenIsSaidToBeSoInTime() {
        EmbeddedRedis server = start();
        JobClient jobs = connect(server.uri());
        JobClient late = connect(server.uri());
        assertThat(get(jobs.health()).up()).isTrue();

        server.freeze();
        assertThat(inTime(jobs.health()).up()).isFalse();
        assertThat(inTime(late.health()).up()).isFalse();
        server.kill();
        assertThat(inTime(jobs.health()).problems()).isNotEmpty();
        server.restart();

        Eventually.holds(() -> assertThat(get(jobs.health()).up()).isTrue());
    }

    private static AclSetuserArgs user() {
        return AclSetuserArgs.Builder.on()
                .addPassword("pw")
                .allKeys()
                .allChannels()
                .allCommands();
    }

    private static ServerHealth inTime(Mono<ServerHealth> health) {
        return health.block(Duration.ofSeconds(7));
    }

    private static void fails(Mono<?> call, Class<? extends JobException> error) {
        StepVerifier.create(call).expectError(error).verify(Eventually.DEADLINE);
    }

    private EmbeddedRedis start(String... arguments) {
        EmbeddedRedis server = EmbeddedRedis.start(arguments);
        open.addLast(server);
        return server;
    }

    private RawRedis raw(EmbeddedRedis server) {
        RawRedis raw = new RawRedis(server.uri(), "rq");
        open.addFirst(raw);
        return raw;
    }

    private JobClient connect(String uri) {
        return connect(uri, JobClientOptions.DEFAULTS);
    }

    private JobClient connect(String uri, JobClientOptions options) {
        JobClient client = JobClient.connect(uri, options);
        open.addFirst(() -> RedisExtension.close(client));
        return client;
    }
}
