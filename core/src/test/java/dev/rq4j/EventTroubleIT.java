package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who listens is told when he may have missed something, and hears again by himself. */
class EventTroubleIT {

    private final EmbeddedRedis server = EmbeddedRedis.start();
    private final TcpProxy proxy = new TcpProxy(server.uri());
    private final RawRedis redis = new RawRedis(server.uri(), "rq");
    private final List<JobClient> clients = new ArrayList<>();
    private final PretendWorker worker = new PretendWorker(connect(server.uri()));

    @AfterEach
    void close() {
        clients.forEach(RedisExtension::close);
        redis.close();
        proxy.close();
        server.close();
    }

    @Test
    void aBrokenConnectionIsTold() {
        JobClient jobs = connect(proxy.uri());
        JobHandle<String> job = worker.enqueue("q");
        Heard all = Heard.all(jobs.queue("q").events());
        Heard one = Heard.all(jobs.job(job.id(), String.class).events());
        all.await("missed -1");
        one.await("queued");

        proxy.cut();

        all.await("missed -1", "missed -1");
        one.await("queued", "missed -1");
        get(job.cancel());
        all.await("missed -1", "missed -1", "canceled");
        one.awaitEnd("queued", "missed -1", "canceled");
        all.cancel();
    }

    @Test
    void aConnectionThatIsGivenUpIsTold() {
        JobClient jobs = connect(proxy.uri());
        JobHandle<String> job = worker.enqueue("q");
        Heard all = Heard.all(jobs.queue("q").events());
        all.await("missed -1");

        proxy.stall();

        all.await("missed -1", "missed -1");
        get(job.cancel());
        all.await("missed -1", "missed -1", "canceled");
        all.cancel();
    }

    @Test
    void aServerThatForgotThatSomebodyListensIsToldAgain() {
        JobHandle<String> job = worker.enqueue("q");
        Heard all = Heard.all(connect(server.uri()).queue("q").events());
        all.await("missed -1");

        redis.commands().del("rq:watched");

        all.await("missed -1", "missed -1");
        assertThat(redis.ttl("watched")).isPositive();
        get(job.cancel());
        all.await("missed -1", "missed -1", "canceled");
        all.cancel();
    }

    @Test
    void whoListensBeforeTheServerIsThereHearsWhenItComes() {
        server.kill();
        Heard all = Heard.all(connect(server.uri()).queue("q").events());

        server.restart();

        all.await("missed -1");
        get(worker.enqueue("q").cancel());
        all.await("missed -1", "queued", "canceled");
        all.cancel();
    }

    @Test
    void whoMayNotListenIsToldSo() {
        allow("deaf", AclSetuserArgs.Builder.allCommands().resetChannels());
        Heard deaf = Heard.all(connect("deaf").queue("q").events());
        deaf.awaitError("AccessDenied");

        allow("mute", AclSetuserArgs.Builder.allChannels().allCommands().removeCommand(CommandType.SET));
        Heard mute = Heard.all(connect("mute").queue("q").events());
        mute.awaitError("AccessDenied");
    }

    @Test
    void whoMayNotTellDoesItsWorkAllTheSame() {
        allow("mute", AclSetuserArgs.Builder.allChannels().allCommands().removeCommand(CommandType.PUBLISH));
        PretendWorker mute = new PretendWorker(connect("mute"));
        worker.enqueue("q");
        Heard all = Heard.all(worker.client().queue("q").events());
        all.await("missed -1");

        assertThat(mute.finish(mute.claimOne("q"), "done")).isEqualTo(Settled.DONE);

        get(worker.enqueue("q").cancel());
        all.await("missed -1", "queued", "canceled");
        all.cancel();
        Eventually.holds(
                () -> assertThat(redis.commands().pubsubChannels("rq:events:*")).isEmpty());
    }

    private void allow(String user, AclSetuserArgs what) {
        redis.commands().aclSetuser(user, what.on().addPassword("pw").allKeys());
    }

    private JobClient connect(String uriOrUser) {
        JobClient client = JobClient.connect(
                uriOrUser.contains(":") ? uriOrUser : "redis://" + uriOrUser + ":pw@127.0.0.1:" + server.port());
        clients.add(client);
        return client;
    }
}
