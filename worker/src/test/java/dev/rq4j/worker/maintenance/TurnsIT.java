package dev.rq4j.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.redis.TurnStore;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Who has the turn at the duties of a queue, and how it passes on. */
@ExtendWith(RedisExtension.class)
class TurnsIT {

    private static final List<String> QUEUE = List.of("q");

    private final Disposable.Composite kept = Disposables.composite();
    private RawRedis redis;
    private TurnStore store;
    private Turns first;
    private Turns second;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.redis = redis;
        this.store = jobs.engine().turns();
        this.first = new Turns(store, QUEUE);
        this.second = new Turns(store, QUEUE);
    }

    @AfterEach
    void end() {
        kept.dispose();
    }

    @Test
    void oneOfTwoHasItAndKeepsIt() {
        keep(first, Schedulers.parallel());
        awaitTurnOf(first);
        String holder = holder();
        keep(second, Schedulers.parallel());

        long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        Eventually.holds(() -> {
            assertThat(holder()).isEqualTo(holder);
            assertThat(redis.commands().pttl(redis.key("turn:queue:q"))).isBetween(0L, 3000L);
            assertThat(System.nanoTime()).isGreaterThan(until);
        });
        assertThat(second.mine()).isEmpty();
    }

    /** The time in which the second would look by itself does not pass here. */
    @Test
    void whoGivesItUpWakesTheNext() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        Disposable one = keep(first, Schedulers.parallel());
        awaitTurnOf(first);
        keep(second, time);

        one.dispose();
        first.leave().block(Eventually.DEADLINE);

        Eventually.holds(() -> {
            time.advanceTimeBy(Duration.ofMillis(1));
            assertThat(second.mine()).isEqualTo(QUEUE);
        });
        assertThat(time.now(TimeUnit.MILLISECONDS)).isLessThan(1000);
    }

    @Test
    void theTurnOfOneThatDiedIsOverSoon() {
        Disposable one = keep(first, Schedulers.parallel());
        awaitTurnOf(first);
        keep(second, Schedulers.parallel());

        one.dispose();
        long died = System.nanoTime();
        awaitTurnOf(second);

        Duration took = Duration.ofNanos(System.nanoTime() - died);
        System.out.printf("the turn of one that died was taken %d ms later%n", took.toMillis());
        assertThat(took).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void whatAnotherHasIsNotGivenUp() {
        keep(first, Schedulers.parallel());
        awaitTurnOf(first);
        String holder = holder();

        second.leave().block(Eventually.DEADLINE);

        assertThat(holder()).isEqualTo(holder);
    }

    @Test
    void eachQueueHasATurnOfItsOwn() {
        keep(first, Schedulers.parallel());
        awaitTurnOf(first);
        Turns both = new Turns(store, List.of("p", "q"));
        keep(both, Schedulers.parallel());

        Eventually.holds(() -> assertThat(both.mine()).containsExactly("p"));
    }

    @Test
    void whatIsNoTurnKeepsNobodyFromTheDuties() {
        redis.commands().rpush(redis.key("turn:queue:q"), "not a turn");
        keep(first, Schedulers.parallel());
        awaitTurnOf(first);

        redis.commands().set(redis.key("turn:queue:q"), "somebody, for ever");
        keep(second, Schedulers.parallel());

        Eventually.holds(() ->
                assertThat(redis.commands().pttl(redis.key("turn:queue:q"))).isBetween(1L, 3000L));
    }

    /** The clock of Redis went back while somebody had it who has died since. */
    @Test
    void aTurnThatSeemsToLastForLongIsNobodys() {
        redis.commands().set(redis.key("turn:queue:q"), "one that died", SetArgs.Builder.px(3_600_000));

        keep(first, Schedulers.parallel());

        awaitTurnOf(first);
        assertThat(redis.commands().pttl(redis.key("turn:queue:q"))).isBetween(0L, 3000L);
    }

    @Test
    void aTurnThatSeemsToLastForLongIsNobodysThoughOthersAreRenewed() {
        keep(first, Schedulers.parallel());
        awaitTurnOf(first);
        redis.commands().set(redis.key("turn:queue:p"), "one that died", SetArgs.Builder.px(3_600_000));

        Turns both = new Turns(store, List.of("p", "q"));
        keep(both, Schedulers.parallel());

        Eventually.holds(() -> assertThat(both.mine()).containsExactly("p"));
    }

    private Disposable keep(Turns turns, Scheduler timer) {
        Disposable keeping = turns.keep(timer).subscribe();
        kept.add(keeping);
        return keeping;
    }

    private static void awaitTurnOf(Turns turns) {
        Eventually.holds(() -> assertThat(turns.mine()).isEqualTo(QUEUE));
    }

    private String holder() {
        return redis.commands().get(redis.key("turn:queue:q"));
    }
}
