package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Unique;
import dev.rq4j.testing.Census;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who holds a unique key, and how it becomes free before its time. */
@ExtendWith(RedisExtension.class)
class UniqueKeyIT {

    private static final Unique UNTIL_ENDED = Unique.untilEnded("k");
    private static final Unique FOR_AN_HOUR = Unique.within("k", Duration.ofHours(1));

    private JobClient jobs;
    private RawRedis redis;
    private Kin kin;
    private UniqueKey key;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.kin = new Kin(jobs, redis);
        this.key = jobs.unique("k");
    }

    @Test
    void aKeyIsHeldByTheJobThatTookItUntilThatHasEnded() {
        assertThat(key.holder().block()).isNull();
        kin.enqueue("a", job -> job.unique(UNTIL_ENDED));
        assertThat(get(key.holder())).isEqualTo(JobId.of("a"));

        kin.finish("a");

        assertThat(key.holder().block()).isNull();
    }

    @Test
    void aKeyThatIsTakenForATimeIsHeldBeyondTheEndOfItsJob() {
        kin.enqueue("a", job -> job.unique(FOR_AN_HOUR).resultTtl(Duration.ZERO));
        kin.finish("a");

        assertThat(get(key.holder())).isEqualTo(JobId.of("a"));
    }

    @Test
    void aKeyWhoseJobPythonDeletedIsFree() {
        kin.enqueue("a", job -> job.unique(UNTIL_ENDED));
        redis.commands().del(redis.key("job:a"));

        assertThat(key.holder().block()).isNull();
    }

    @Test
    void aKeyThatIsFreedCanBeTakenAtOnce() {
        kin.enqueue("a", job -> job.unique(FOR_AN_HOUR));
        kin.finish("a");

        assertThat(get(key.free())).isTrue();

        assertThat(key.holder().block()).isNull();
        assertThat(get(key.free())).as("a second time").isFalse();
        kin.enqueue("b", job -> job.unique(FOR_AN_HOUR));
        assertThat(get(key.holder())).isEqualTo(JobId.of("b"));
    }

    @Test
    void theJobWhoseKeyIsFreedGoesItsWayAndLeavesTheKeyToTheNext() {
        kin.enqueue("a", job -> job.unique(UNTIL_ENDED));

        assertThat(get(key.free())).isTrue();
        kin.enqueue("b", job -> job.unique(UNTIL_ENDED));
        Census.holds(redis);
        kin.finish("a");

        assertThat(get(key.holder())).isEqualTo(JobId.of("b"));
        Census.holds(redis);
    }

    @Test
    void whoFreesAKeyHearsItThoughTheAnswerIsLost() {
        kin.enqueue("a", job -> job.unique(FOR_AN_HOUR));
        get(jobs.unique("another").free());
        try (TcpProxy proxy = new TcpProxy(RedisExtension.uri())) {
            JobClient lossy = JobClient.connect(proxy.uri(), JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
            lossy.ping().block(Eventually.DEADLINE);
            proxy.swallowAnswers(1);

            assertThat(get(lossy.unique("k").free())).isTrue();

            assertThat(proxy.swallowed()).isEqualTo(1);
            RedisExtension.close(lossy);
        }
        assertThat(key.holder().block()).isNull();
    }

    @Test
    void aKeyThatCannotBeIsRefused() {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> jobs.unique("k".repeat(201)))
                .withMessageContaining("a unique key must be 1 to 200 whole characters");
    }
}
