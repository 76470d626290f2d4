package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.redis.Claims;
import dev.rq4j.redis.QueueSignal;
import dev.rq4j.testing.Eventually;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What ends the wait for jobs. The time in which it looks by itself does not pass here, unless a test lets it. */
class NewsIT extends Scene {

    private static final Claims NOTHING = new Claims(List.of(), false, List.of());
    private static final Claims PAUSED = new Claims(List.of(), false, List.of(QUEUE));
    private static final Claims SUSPENDED = new Claims(List.of(), true, List.of());

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private QueueSignal signal;
    private News news;

    @BeforeEach
    void begin() {
        signal = jobs.engine().signal();
        news = new News(List.of(QUEUE), signal, jobs.engine(), timer);
    }

    @AfterEach
    void end() {
        await(signal.close());
    }

    @Test
    void aQueueThatIsResumedEndsIt() {
        enqueue("waits in the paused queue");
        StepVerifier.create(news.after(PAUSED))
                .then(this::awaitListening)
                .then(() -> await(jobs.queue(QUEUE).resume()))
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void workThatIsResumedEndsIt() {
        StepVerifier.create(news.after(SUSPENDED))
                .then(this::awaitListening)
                .then(() -> await(jobs.resume()))
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    @Test
    void aSecondEndsItAndNothingEarlier() {
        enqueue("waits in the paused queue");
        assertEndsAfter(
                Duration.ofSeconds(1),
                StepVerifier.create(news.after(PAUSED))
                        .then(this::awaitListening)
                        .then(() -> redis.commands().publish(redis.key("wake"), "")));
    }

    @Test
    void aJobInAnOpenQueueEndsIt() {
        enqueue("x");
        StepVerifier.create(news.after(NOTHING)).expectComplete().verify(Eventually.DEADLINE);
    }

    @Test
    void whileJobsComeItEndsInAMomentThoughThereIsNothing() {
        assertEndsAfter(Duration.ofMillis(50), StepVerifier.create(news.soonAfter(NOTHING)));
    }

    @Test
    void whileJobsComeAJobEndsItAtOnce() {
        enqueue("x");
        StepVerifier.create(news.soonAfter(NOTHING)).expectComplete().verify(Eventually.DEADLINE);
    }

    @Test
    void oneMomentIsThatOfAllWhoWaitInIt() {
        news.soonAfter(NOTHING).subscribe().dispose();
        timer.advanceTimeBy(Duration.ofMillis(30));

        StepVerifier.create(news.soonAfter(NOTHING))
                .then(() -> timer.advanceTimeBy(Duration.ofMillis(20)))
                .expectComplete()
                .verify(Eventually.DEADLINE);
        assertEndsAfter(Duration.ofMillis(50), StepVerifier.create(news.soonAfter(NOTHING)));
    }

    @Test
    void whoEndsTheWaitHearsNothingMore() {
        news.after(PAUSED).subscribe().dispose();

        Eventually.holds(() -> assertThat(listeners()).isZero());
    }

    private void assertEndsAfter(Duration time, StepVerifier.Step<Void> wait) {
        wait.then(() -> timer.advanceTimeBy(time.minusMillis(1)))
                .expectNoEvent(Duration.ofMillis(100))
                .then(() -> timer.advanceTimeBy(Duration.ofMillis(1)))
                .expectComplete()
                .verify(Eventually.DEADLINE);
    }

    private void awaitListening() {
        Eventually.holds(() -> assertThat(listeners()).isEqualTo(1));
    }

    private long listeners() {
        String channel = redis.key("wake");
        return redis.commands().pubsubNumsub(channel).get(channel);
    }
}
