package dev.rq4j;

import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobEvent.Happened;
import dev.rq4j.job.JobEvent.Missed;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who listens slowly loses events and is told so, and nobody else is held up. */
@ExtendWith(RedisExtension.class)
class SlowListenerIT {

    private static final int MANY = 2000;
    private static final int KEPT = 256;

    private JobClient jobs;
    private RawRedis redis;

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
    }

    @Test
    void theOldestAreLostAndCountedWhereTheyWere() {
        Heard slow = Heard.nothingYet(jobs.queue("q").events());
        Heard fast = Heard.all(jobs.queue("q").events());
        slow.request(2);
        slow.await(1);
        fast.await(1);

        publish(0, 1);
        slow.await(2);
        publish(1, MANY);
        awaitThatAllWereTold();
        assertThat(slow.events()).hasSize(2);
        slow.request(2);
        slow.await(4);
        slow.requestUnbounded();
        slow.await(3 + KEPT);
        publish(MANY, MANY + 1);

        List<JobEvent> events = slow.await(3 + KEPT + 1);
        assertThat(number(events.get(1))).isZero();
        assertThat(Heard.word(events.get(2))).isEqualTo("missed " + (MANY - 1 - KEPT));
        assertThat(events.stream().skip(3).map(SlowListenerIT::number))
                .containsExactlyElementsOf(numbers(MANY - KEPT, MANY + 1));
        // on a machine that has no time for it, it is slow too
        Eventually.holds(() -> assertThat(told(fast)).isEqualTo(MANY + 1));
        assertThat(fast.events().stream().filter(Happened.class::isInstance).map(SlowListenerIT::number))
                .startsWith(0)
                .isSorted()
                .doesNotHaveDuplicates()
                .endsWith(MANY);
        slow.cancel();
        fast.cancel();
    }

    @Test
    void whoLosesTheNewsThatSomethingMayBeMissedIsToldThatNobodyKnowsHowMuch() {
        Heard slow = Heard.nothingYet(jobs.queue("q").events());
        Heard fast = Heard.all(jobs.queue("q").events());
        fast.await(1);
        fast.cancel();

        publish(0, MANY);
        awaitThatAllWereTold();
        slow.request(2);

        List<JobEvent> events = slow.await(2);
        assertThat(Heard.word(events.get(0))).isEqualTo("missed -1");
        assertThat(number(events.get(1))).isEqualTo(MANY - KEPT);
        slow.cancel();
    }

    @Test
    void theEndOfAJobIsNotLostHoweverLateItIsAskedFor() {
        JobHandle<String> job = new PretendWorker(jobs).enqueue("q");
        Heard slow = Heard.nothingYet(job.events());
        slow.request(1);
        slow.await("queued");

        IntStream.range(0, MANY).forEach(i -> publish("progress " + job.id() + " " + i));
        get(job.cancel());
        awaitThatAllWereTold();
        slow.requestUnbounded();

        List<JobEvent> events = slow.await(1 + 1 + KEPT);
        // What he looks for himself every second is among it.
        assertThat(events.get(1))
                .isInstanceOfSatisfying(
                        JobEvent.Missed.class,
                        missed -> assertThat(missed.count()).isGreaterThanOrEqualTo(MANY + 1 - KEPT));
        slow.awaitEnd(events.stream().map(Heard::word).toArray(String[]::new));
        assertThat(Heard.word(events.get(events.size() - 1))).isEqualTo("canceled");
    }

    /** One thread tells everybody, one message after the other. */
    private void awaitThatAllWereTold() {
        Heard other = Heard.all(jobs.queue("other").events());
        other.await(1);
        redis.commands().publish(redis.key("events:other"), "progress job 0");
        other.await(2);
        other.cancel();
    }

    private void publish(int from, int to) {
        IntStream.range(from, to).forEach(i -> publish("progress job " + i));
    }

    private void publish(String message) {
        redis.commands().publish(redis.key("events:q"), message);
    }

    private static long told(Heard heard) {
        return heard.events().stream()
                .skip(1)
                .mapToLong(event -> event instanceof Missed missed ? missed.count() : 1)
                .sum();
    }

    private static int number(JobEvent event) {
        return Integer.parseInt(((Happened) event).detail());
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
