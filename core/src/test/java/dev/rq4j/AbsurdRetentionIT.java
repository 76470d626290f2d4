package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rq4j.job.JobStatus;
import dev.rq4j.redis.ClaimedJob;
import dev.rq4j.redis.Settled;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A settle goes to its end, whatever others wrote into the hash and whatever the user may not do. */
@ExtendWith(RedisExtension.class)
class AbsurdRetentionIT {

    @ParameterizedTest
    @ValueSource(strings = {"inf", "nan", "-nan", "1e17", "99999999999999999999", "soon", "", "0x"})
    void anAbsurdRetentionIsTheDefault(String absurd, JobClient jobs, RawRedis redis) {
        PretendWorker worker = new PretendWorker(jobs);
        JobHandle<String> finished = worker.enqueue("q");
        redis.commands().hset(redis.key("job:" + finished.id()), "result_ttl", absurd);
        assertThat(worker.finish(worker.claimOne("q"), "done")).isEqualTo(Settled.DONE);
        JobHandle<String> abandoned = worker.enqueue("q");
        redis.commands().hset(redis.key("job:" + abandoned.id()), "failure_ttl", absurd);
        worker.claimAndDie(1, "q");
        get(worker.leases().recover("q", 0).collectList());

        assertThat(redis.ttl("job:" + finished.id())).isCloseTo(500, within(5L));
        assertThat(redis.ttl("results:" + finished.id())).isCloseTo(500, within(5L));
        assertThat(redis.ttl("job:" + abandoned.id())).isCloseTo(31_536_000, within(5L));
        assertThat(get(jobs.queue("q").failed().count())).isEqualTo(1);
        assertThat(get(abandoned.status())).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void aUserWhoMayNotPublishSettlesAllTheSame(RawRedis redis) {
        String user = "quiet-" + UUID.randomUUID();
        redis.commands()
                .dispatch(
                        CommandType.ACL,
                        new StatusOutput<>(StringCodec.UTF8),
                        new CommandArgs<>(StringCodec.UTF8)
                                .add("SETUSER")
                                .add(user)
                                .add("on")
                                .add(">secret")
                                .add("~*")
                                .add("+@all")
                                .add("resetchannels"));
        String uri = RedisExtension.uri().replace("redis://", "redis://" + user + ":secret@");
        JobClient quiet = JobClient.connect(uri, JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        PretendWorker worker = new PretendWorker(quiet);
        JobHandle<String> job = worker.enqueue("q");
        ClaimedJob claim = worker.claimOne("q");

        assertThat(worker.finish(claim, "done")).isEqualTo(Settled.DONE);
        JobHandle<String> running = worker.enqueue("q");
        worker.claimOne("q");
        assertThat(get(running.cancel())).isTrue();

        assertThat(redis.ttl("job:" + job.id())).isCloseTo(500, within(5L));
        assertThat(redis.ttl("job:" + running.id())).isPositive();
        RedisExtension.close(quiet);
    }
}
