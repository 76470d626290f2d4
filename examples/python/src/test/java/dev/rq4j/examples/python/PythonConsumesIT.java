package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.CronEntry;
import dev.rq4j.job.Job;
import dev.rq4j.job.JobEvent;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Schedule;
import dev.rq4j.job.Task;
import dev.rq4j.job.TypeRef;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** Java enqueues, a Python worker runs, Java awaits what came of it. */
@ExtendWith(BenchExtension.class)
class PythonConsumesIT {

    record Order(String item, int count, List<String> notes) {}

    private static final Task<Order, Order> NAMED =
            Task.of("work.named", Order.class, Order.class).namedArguments();
    private static final Task<Object, Object> ECHO = Task.of("work.echo", Object.class, Object.class);
    private static final Task<Double, Double> ECHO_NUMBER = Task.of("work.echo", Double.class, Double.class);
    private static final Task<Map<String, BigInteger>, Map<String, BigInteger>> ECHO_INTEGERS =
            Task.of("work.echo", new TypeRef<>() {}, new TypeRef<>() {});
    private static final Task<String, String> NOTHING = Task.of("work.nothing", String.class, String.class);
    private static final Task<String, Void> FAIL = Task.of("work.fail", String.class, Void.class);
    private static final Task<Void, String> LINGER = Task.of("work.linger", Void.class, String.class);

    @Test
    void emitsTheValueThatPythonReturned(Bench bench) {
        Order order = new Order("\u043f \ud83d\ude00", 3, List.of("soon", ""));
        JobHandle<Order> named = enqueue(bench, NAMED, order);
        JobHandle<Object> list = enqueue(bench, ECHO, List.of(1, "two", Map.of("three", true)));
        JobHandle<Object> large = enqueue(bench, ECHO, "long ".repeat(50_000));
        JobHandle<Double> nan = enqueue(bench, ECHO_NUMBER, Double.NaN);
        JobHandle<Map<String, BigInteger>> huge = enqueue(bench, ECHO_INTEGERS, Map.of("n", BigInteger.TEN.pow(300)));

        bench.drainWithPython();

        assertThat(Bench.await(named.result())).isEqualTo(order);
        assertThat(Bench.await(list.result())).isEqualTo(List.of(1, "two", Map.of("three", true)));
        assertThat(Bench.await(large.result())).isEqualTo("long ".repeat(50_000));
        assertThat(Bench.await(nan.result())).isNaN();
        assertThat(Bench.await(huge.result())).containsEntry("n", BigInteger.TEN.pow(300));
    }

    @Test
    void completesEmptyWhereItReturnedNone(Bench bench) {
        JobHandle<String> job = enqueue(bench, NOTHING, "anything");
        bench.drainWithPython();

        assertThat(Bench.await(job.result())).isNull();
        assertThat(snapshot(job).status()).isEqualTo(JobStatus.FINISHED);
        assertThat(snapshot(job).expiresIn()).isBetween(Duration.ofSeconds(490), Duration.ofSeconds(500));
        assertThat(Bench.await(bench.queue().finished().ids().collectList())).containsExactly(job.id());
    }

    @Test
    void answersThoseWhoWaitedBefore(Bench bench) {
        JobHandle<Object> job = enqueue(bench, ECHO, "patience");
        var answer = job.result().toFuture();
        bench.drainWithPython();

        assertThat(answer).succeedsWithin(Bench.PATIENCE).isEqualTo("patience");
    }

    @Test
    void signalsTheFailureWithPythonsTraceback(Bench bench) {
        JobHandle<Void> job = enqueue(bench, FAIL, "not \u043f today");
        bench.drainWithPython();

        assertThatThrownBy(() -> Bench.await(job.result()))
                .isInstanceOfSatisfying(
                        JobException.JobFailed.class,
                        failed -> assertThat(failed.trace())
                                .startsWith("Traceback (most recent call last):")
                                .contains("work.py", "raise ValueError(message)")
                                .contains("ValueError: not \u043f today"))
                .hasMessage("job " + job.id() + " failed: ValueError: not \u043f today");
        assertThat(snapshot(job).status()).isEqualTo(JobStatus.FAILED);
        assertThat(Bench.await(bench.queue().failed().ids().collectList())).containsExactly(job.id());
    }

    @Test
    void signalsWhatPythonCannotImport(Bench bench) {
        JobHandle<?> module = enqueue(bench, Task.of("no.such.module.function", Void.class, Void.class), null);
        JobHandle<?> function = enqueue(bench, Task.of("work.unheard_of", Void.class, Void.class), null);
        JobHandle<?> nameless = enqueue(bench, Task.of("nodots", Void.class, Void.class), null);
        bench.drainWithPython();

        for (JobHandle<?> job : List.of(module, function, nameless)) {
            assertThatThrownBy(() -> Bench.await(job.result()))
                    .isInstanceOf(JobException.JobFailed.class)
                    .hasMessageContaining("Error: ");
        }
    }

    @Test
    void isKeptAsJavaAsked(Bench bench) {
        JobHandle<Object> hour = enqueue(bench, ECHO.with(job -> job.resultTtl(Duration.ofHours(1))), 1);
        JobHandle<Object> forEver = enqueue(bench, ECHO.with(job -> job.resultTtl(Retention.forever())), 2);
        JobHandle<Object> gone = enqueue(bench, ECHO.with(job -> job.resultTtl(Retention.none())), 3);
        JobHandle<String> emptyGone = enqueue(bench, NOTHING.with(job -> job.resultTtl(Retention.none())), "");
        JobHandle<String> emptyHour = enqueue(bench, NOTHING.with(job -> job.resultTtl(Duration.ofHours(1))), "");
        JobHandle<Void> failed = enqueue(bench, FAIL.with(job -> job.failureTtl(Duration.ofHours(1))), "no");
        bench.drainWithPython();

        for (JobHandle<?> job : List.of(hour, emptyHour, failed)) {
            assertThat(snapshot(job).expiresIn()).isBetween(Duration.ofSeconds(3590), Duration.ofHours(1));
        }
        assertThat(Bench.await(hour.result())).isEqualTo(1);
        assertThat(snapshot(forEver).expiresIn()).isNull();
        assertThat(Bench.await(forEver.result())).isEqualTo(2);
        for (JobHandle<?> job : List.of(gone, emptyGone)) {
            assertThatThrownBy(() -> Bench.await(job.result())).isInstanceOf(JobException.NoSuchJob.class);
        }
    }

    @Test
    void changesTheRetentionOfWhatPythonRan(Bench bench) {
        JobHandle<Object> job = enqueue(bench, ECHO, "keep");
        bench.drainWithPython();
        String ttls = "id = args[0]; print(redis.ttl('rq:job:' + id), redis.ttl('rq:results:' + id), finished.count)";

        assertThat(Bench.await(job.persist())).isTrue();
        assertThat(bench.python(ttls, job.id())).isEqualTo("-1 -1 1");
        assertThat(Bench.await(job.retain(Duration.ofHours(1)))).isTrue();
        assertThat(bench.python(ttls, job.id())).matches("3[56]\\d\\d 3[56]\\d\\d 1");
        assertThat(Bench.await(job.retain(Duration.ZERO))).isTrue();
        assertThat(bench.python(ttls, job.id())).isEqualTo("-2 -2 0");
    }

    @Test
    void isHeldToItsTimeout(Bench bench) {
        JobHandle<String> slow = enqueue(bench, LINGER.with(job -> job.timeout(Duration.ofSeconds(1))), null);
        JobHandle<Object> unlimited = enqueue(bench, ECHO.with(job -> job.noTimeout()), "free");
        bench.drainWithPython();

        assertThatThrownBy(() -> Bench.await(slow.result()))
                .isInstanceOf(JobException.JobFailed.class)
                .hasMessageContaining("JobTimeoutException");
        assertThat(Bench.await(unlimited.result())).isEqualTo("free");
    }

    @Test
    void showsWhatPythonWroteOfIt(Bench bench) {
        Instant before = Instant.now().minusSeconds(1);
        JobHandle<Object> job = enqueue(bench, ECHO, "secret");
        assertThat(bench.python("job = fetch(args[0]); print(job.description, job.func_name, job.args)", job.id()))
                .isEqualTo("work.echo work.echo ['secret']");
        bench.drainWithPython();

        Job seen = snapshot(job);
        assertThat(seen.task()).isEqualTo("work.echo");
        assertThat(seen.queue()).isEqualTo("q");
        assertThat(seen.worker()).isNotNull();
        assertThat(List.of(
                        before,
                        seen.times().created(),
                        seen.times().enqueued(),
                        seen.times().started(),
                        seen.times().ended()))
                .isSorted();
    }

    @Test
    void whoFollowsAJobSeesWhatPythonDoesToIt(Bench bench) {
        JobHandle<Object> job = Bench.await(bench.queue().enqueue(ECHO, "hello"));
        CompletableFuture<JobEvent> end = job.events().last().toFuture();

        bench.drainWithPython();

        assertThat(Bench.await(Mono.fromFuture(end))).extracting("type").isEqualTo(JobEvent.Type.FINISHED);
    }

    @Test
    void keepsTheOrder(Bench bench) {
        enqueue(bench, ECHO.with(job -> job.id("second")), 1);
        enqueue(bench, ECHO.with(job -> job.id("third")), 1);
        enqueue(bench, ECHO.with(job -> job.id("first").atFront()), 1);

        assertThat(bench.python("print(queue.job_ids, queue.count)")).isEqualTo("['first', 'second', 'third'] 3");
    }

    @Test
    void runsWhatCronMade(Bench bench) {
        Order order = new Order("again", 1, List.of());
        CronEntry entry = CronEntry.of("again", Schedule.cron("@daily"), "q", NAMED.request(order));
        JobHandle<?> job = Bench.await(
                bench.client().cron().put(entry).then(bench.client().cron().fire("again")));
        bench.drainWithPython();

        assertThat(Bench.await(job.result())).isEqualTo(Map.of("item", "again", "count", 1, "notes", List.of()));
    }

    private static <I, O> JobHandle<O> enqueue(Bench bench, Task<I, O> task, I input) {
        return Bench.await(bench.queue().enqueue(task, input));
    }

    private static Job snapshot(JobHandle<?> job) {
        return Bench.await(job.snapshot());
    }
}
