package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;

class BatcherTest {

    private final List<List<Integer>> sent = new ArrayList<>();
    private final List<Sinks.One<List<String>>> answers = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final Batcher<Integer, String> batcher = new Batcher<>(
            batch -> {
                sent.add(batch);
                Sinks.One<List<String>> answer = Sinks.one();
                answers.add(answer);
                return answer.asMono();
            },
            BatcherTest::size);

    @Test
    void whoComesAloneIsSentAtOnce() {
        submit(1);

        assertThat(sent).containsExactly(List.of(1));
        answer(0);
        assertThat(heard).containsExactly("1");
    }

    @Test
    void whoComesWhileTwoAreUnderWayIsSentTogetherWithTheOthers() {
        IntStream.rangeClosed(1, 6).forEach(this::submit);
        assertThat(sent).containsExactly(List.of(1), List.of(2));

        answer(1);

        assertThat(sent).containsExactly(List.of(1), List.of(2), List.of(3, 4, 5, 6));
        answer(2);
        assertThat(heard).containsExactly("2", "3", "4", "5", "6");
    }

    @Test
    void whoThrowsWhenHeIsToldKeepsItFromNobodyElse() {
        submit(1);
        submit(2);
        batcher.submit(3).subscribe(new Thrower());
        submit(4);
        answer(0);

        answer(2);

        assertThat(heard).containsExactly("1", "4");
    }

    /** One that keeps to no rule. */
    private static final class Thrower implements CoreSubscriber<String> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String answer) {
            throw new IllegalStateException("cannot take it");
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }

    @Test
    void whoCancelsBeforeHeIsSentIsNotSent() {
        submit(1);
        submit(2);
        Disposable third = submit(3);
        submit(4);
        third.dispose();

        answer(0);

        assertThat(sent).containsExactly(List.of(1), List.of(2), List.of(4));
    }

    @Test
    void aBatchIsNoLargerThanAScriptCanTake() {
        IntStream.rangeClosed(1, 2).forEach(this::submit);
        IntStream.range(0, 1000).forEach(i -> submit(1));
        answer(0);
        assertThat(sent.get(2)).hasSize(256);

        submit(1 << 20);
        submit(7);
        answer(1);
        answer(2);
        answer(3);
        answer(4);
        answer(5);
        assertThat(sent.get(6)).as("nothing more than a large one").endsWith(7);
        assertThat(sent.get(5)).endsWith(1 << 20);
    }

    @Test
    void noneIsRefusedForWhatIsWrongWithAnother() {
        IntStream.rangeClosed(1, 4).forEach(this::submit);
        answer(0);
        answers.get(2).tryEmitError(new JobException.ServerError("WRONGTYPE", null));

        assertThat(sent.subList(3, 5)).containsExactly(List.of(3), List.of(4));
        answers.get(3).tryEmitError(new JobException.ServerError("WRONGTYPE", null));
        answer(4);
        assertThat(heard).containsExactly("1", "WRONGTYPE", "4");
    }

    @ParameterizedTest
    @MethodSource("passing")
    void allAreToldThatRedisIsAwayEachWithAnErrorOfHisOwn(JobException away) {
        IntStream.rangeClosed(1, 4).forEach(this::submit);
        answer(0);

        answers.get(2).tryEmitError(away);

        assertThat(heard).containsExactly("1", "away", "away");
        assertThat(errors).hasSize(2).doesNotContain(away).hasOnlyElementsOfType(away.getClass());
        assertThat(errors.get(0)).isNotSameAs(errors.get(1));
        submit(5);
        assertThat(sent).contains(List.of(5));
    }

    static Stream<JobException> passing() {
        return Stream.of(
                new JobException.ServerUnavailable("away", null), new JobException.ServerReadOnly("away", null));
    }

    @Test
    void whatCannotBeMeasuredIsRefusedAndHoldsNobodyUp() {
        submit(-1);
        submit(2);

        assertThat(heard).containsExactly("no size");
        assertThat(sent).containsExactly(List.of(2));
    }

    @Test
    void theNumberOfThoseWhoWaitIsBounded() {
        IntStream.range(0, 2 + 32_768).forEach(i -> submit(0));
        assertThat(heard).isEmpty();

        submit(0);

        assertThat(heard).containsExactly("more requests wait for Redis than the client holds");
    }

    private Disposable submit(int request) {
        return batcher.submit(request).subscribe(heard::add, error -> {
            errors.add(error);
            heard.add(error.getMessage());
        });
    }

    private static long size(int request) {
        if (request < 0) {
            throw new IllegalStateException("no size");
        }
        return request;
    }

    private void answer(int batch) {
        answers.get(batch)
                .tryEmitValue(sent.get(batch).stream().map(String::valueOf).toList());
    }
}
