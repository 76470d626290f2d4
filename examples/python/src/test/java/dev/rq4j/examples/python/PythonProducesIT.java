package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.Task;
import dev.rq4j.job.TypeRef;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** Python enqueues, Java runs, Python reads what came of it. */
@ExtendWith(BenchExtension.class)
class PythonProducesIT {

    record Order(String item, int count, String note) {}

    private static final Task<Integer, Integer> SQUARE = Task.of("math.square", Integer.class, Integer.class);
    private static final Task<Order, Order> ORDER = Task.of("shop.order", Order.class, Order.class);
    private static final Task<Object, Object> ECHO = Task.of("echo", Object.class, Object.class);
    private static final Task<List<BigInteger>, BigInteger> SUM =
            Task.of("math.sum", new TypeRef<>() {}, new TypeRef<>() {});
    private static final Task<Double, Double> HALF = Task.of("math.half", Double.class, Double.class);
    private static final Task<Void, Void> PING = Task.of("ping", Void.class, Void.class);

    @Test
    void readsTheValueThatJavaReturned(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                job = ended(queue.enqueue("math.square", 7))
                print(job.return_value(), status(job), job.is_finished, counts(), job.id in finished)
                job.refresh()
                print(job.latest_result().type == Result.Type.SUCCESSFUL, job.started_at <= job.ended_at)
                print(495 <= redis.ttl(job.key) <= 500, 495 <= redis.ttl("rq:results:" + job.id) <= 500)
                """);
        assertThat(seen).isEqualTo("""
                49 finished True queued 0 started 0 finished 1 failed 0 True
                True True
                True True""");
    }

    @Test
    void readsNoneWhereJavaReturnedNothing(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                job = ended(queue.enqueue("ping"))
                print(job.return_value(), status(job), counts(), 495 <= redis.ttl(job.key) <= 500)
                """);
        assertThat(seen).isEqualTo("None finished queued 0 started 0 finished 1 failed 0 True");
    }

    @Test
    void bindsArgumentsToARecordByPositionAndByName(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                print(ended(queue.enqueue("shop.order", "pen", 3, "soon")).return_value())
                print(ended(queue.enqueue("shop.order", count=3, item="pen", note="soon")).return_value())
                print(ended(queue.enqueue("shop.order", "pen", count=3, note="soon")).return_value())
                print(ended(queue.enqueue("shop.order", {"item": "pen", "count": 3, "note": "soon"})).return_value())
                """);
        assertThat(seen.lines()).hasSize(4).containsOnly("{'item': 'pen', 'count': 3, 'note': 'soon'}");
    }

    @Test
    void sendsNoneAndUnicodeAndNestedValues(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                values = [None, "", "\\u043f\\U0001f600\\x00\\u2028", [], {}, True, -0.5, {"\\u043a": [1, None, {"b": "c"}]}]
                for value in values:
                    job = ended(queue.enqueue("echo", value))
                    print(status(job), job.return_value() == value)
                """);
        assertThat(seen.lines()).hasSize(8).containsOnly("finished True");
    }

    @Test
    void sendsNumbersThatOnlyPythonWrites(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                print(ended(queue.enqueue("math.half", float("nan"))).return_value())
                print(ended(queue.enqueue("math.half", float("-inf"))).return_value())
                print(ended(queue.enqueue("math.sum", [10 ** 300, 1])).return_value() == 10 ** 300 + 1)
                print(ended(queue.enqueue("echo", [10 ** 30, float("inf"), 1e400])).return_value())
                """);
        assertThat(seen).isEqualTo("""
                nan
                -inf
                True
                [1000000000000000000000000000000, inf, inf]""");
    }

    @Test
    void readsTheStackTraceOfAFailure(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                job = ended(queue.enqueue("math.square", 1000000, failure_ttl=3600))
                print(status(job), job.is_failed, counts(), job.id in failed, job.return_value())
                print(job.latest_result().type == Result.Type.FAILED, 3595 <= redis.ttl(job.key) <= 3600)
                print(job.exc_info == job.latest_result().exc_string)
                print(job.latest_result().exc_string)
                """);
        assertThat(seen).startsWith("""
                failed True queued 0 started 0 finished 0 failed 1 True None
                True True
                True
                java.lang.ArithmeticException: integer overflow
                \tat java.base/java.lang.Math.multiplyExact(""");
        assertThat(seen).contains("\tat dev.rq4j.examples.python.PythonProducesIT");
    }

    @Test
    void keepsAsPythonAsked(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                job = ended(queue.enqueue("math.square", 1, result_ttl=3600))
                print(3595 <= redis.ttl(job.key) <= 3600, 3595 <= redis.ttl("rq:results:" + job.id) <= 3600)
                job = ended(queue.enqueue("math.square", 2, result_ttl=-1))
                print(redis.ttl(job.key), redis.ttl("rq:results:" + job.id), job.return_value())
                job = queue.enqueue("math.square", 3, result_ttl=0, job_id="gone")
                while redis.exists(job.key):
                    time.sleep(0.01)
                print(finished.count, redis.keys("*gone*"))
                """);
        assertThat(seen).isEqualTo("""
                True True
                -1 -1 4
                2 []""");
    }

    @Test
    void leavesAloneWhatOnlyPythonKnows(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                job = queue.enqueue("math.square", 3, meta={"who": "\\u043f"}, description="three", job_timeout=60)
                job = fetch(ended(job).id)
                print(job.meta["who"] == "\\u043f", job.description, job.timeout, job.args, job.func_name)
                """);
        assertThat(seen).isEqualTo("True three 60 [3] math.square");
    }

    @Test
    void failsPickledJobsWithAReasonAndLives(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                pickling = Queue("q", connection=redis)
                job = ended(pickling.enqueue("math.square", 3))
                print(status(job), job.latest_result().exc_string.splitlines()[0])
                print(ended(queue.enqueue("math.square", 3)).return_value(), counts())
                """);
        assertThat(seen).isEqualTo("""
                failed dev.rq4j.job.JobException$Unreadable: the payload is pickled data: use RQ's JSONSerializer
                9 queued 0 started 0 finished 1 failed 1""");
    }

    @Test
    void failsWhatNoHandlerDoesAndWhatDoesNotFit(Bench bench) {
        startWorker(bench);
        String seen = bench.python("""
                for job in [queue.enqueue("unheard.of"), queue.enqueue("math.square", "seven"), queue.enqueue("shop.order")]:
                    print(ended(job).latest_result().exc_string.splitlines()[0])
                """);
        assertThat(seen.lines().map(line -> line.replaceFirst(":.*", "")))
                .containsExactly(
                        "dev.rq4j.job.JobException$UnknownTask",
                        "dev.rq4j.job.JobException$Unreadable",
                        "dev.rq4j.job.JobException$Unreadable");
    }

    @Test
    void runsAgainWhatPythonRequeues(Bench bench) {
        Held held = new Held();
        held.letGo("at last");
        String id = bench.python("print(queue.enqueue('hold').id)");
        assertThat(Bench.await(bench.worker(worker -> worker.handle(PING, nothing -> Mono.empty()))
                        .drain()))
                .isEqualTo(1);
        assertThat(bench.python("fetch(args[0]).requeue(); print(status(fetch(args[0])), counts())", id))
                .isEqualTo("queued queued 1 started 0 finished 0 failed 0");

        bench.startWorker(worker -> worker.handle(Held.HOLD, held::handle));
        assertThat(bench.python("""
                job = ended(args[0])
                print(job.return_value(), counts(), 495 <= redis.ttl(job.key) <= 500)
                """, id)).isEqualTo("at last queued 0 started 0 finished 1 failed 0 True");
    }

    private static void startWorker(Bench bench) {
        bench.startWorker(worker -> worker.grace(Duration.ZERO)
                .handle(SQUARE, n -> Mono.fromCallable(() -> Math.multiplyExact(n, n)))
                .handle(ORDER, Mono::just)
                .handle(ECHO, Mono::justOrEmpty)
                .handle(SUM, numbers -> Mono.just(numbers.stream().reduce(BigInteger.ZERO, BigInteger::add)))
                .handle(HALF, number -> Mono.just(number / 2))
                .handle(PING, nothing -> Mono.empty()));
    }
}
