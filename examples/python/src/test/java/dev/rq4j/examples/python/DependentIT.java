package dev.rq4j.examples.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.JobHandle;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobStatus;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs wait for each other across the border, whoever made them and whoever runs them. */
@ExtendWith(BenchExtension.class)
class DependentIT {

    static Stream<Arguments> makersAndRunners() {
        return Stream.of(Side.values())
                .flatMap(parentMaker -> Stream.of(Side.values())
                        .flatMap(parentRunner -> Stream.of(Side.values())
                                .flatMap(childMaker -> Stream.of(Side.values())
                                        .map(childRunner ->
                                                Arguments.of(parentMaker, parentRunner, childMaker, childRunner)))));
    }

    @ParameterizedTest(name = "parent: {0} makes it, {1} runs it; child: {2} makes it, {3} runs it")
    @MethodSource("makersAndRunners")
    void aChildRunsAfterItsParent(Side parentMaker, Side parentRunner, Side childMaker, Side childRunner, Bench bench) {
        JobHandle<String> parent = parentMaker.make(bench, parentRunner, Side.ECHO);
        JobHandle<String> child = childMaker.make(bench, childRunner, Side.ECHO, Dependency.on(parent.id()));
        boolean together = parentRunner == childRunner;
        assertThat(bench.tally(parentRunner.queue())).isEqualTo(together ? "queued 1, deferred 1" : "queued 1");
        assertThat(bench.tally(childRunner.queue())).isEqualTo(together ? "queued 1, deferred 1" : "deferred 1");

        parentRunner.run(bench);
        if (!together) {
            assertThat(bench.tally(parentRunner.queue())).isEqualTo("finished 1");
            assertThat(bench.tally(childRunner.queue())).isEqualTo("queued 1");
            childRunner.run(bench);
        }

        assertThat(bench.tally(childRunner.queue())).isEqualTo(together ? "finished 2" : "finished 1");
        assertThat(Bench.await(parent.result())).isEqualTo("from " + parentMaker.queue());
        assertThat(Bench.await(child.result())).isEqualTo("from " + childMaker.queue());
        assertThat(bench.python("print(fetch(args[0]).return_value())", child.id()))
                .isEqualTo("from " + childMaker.queue());
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aChildOfSeveralWaitsForTheLastOne(Side maker, Bench bench) {
        JobHandle<String> inJava = Side.PYTHON.make(bench, Side.JAVA, Side.ECHO);
        JobHandle<String> inPython = Side.JAVA.make(bench, Side.PYTHON, Side.ECHO);
        JobHandle<String> first = maker.make(bench, Side.JAVA, Side.ECHO);
        Dependency all = Dependency.on(inJava.id(), inPython.id(), first.id());
        JobHandle<String> javaChild = Side.JAVA.make(bench, maker, Side.ECHO, all);
        JobHandle<String> pythonChild = Side.PYTHON.make(bench, maker.other(), Side.ECHO, all);

        maker.run(bench);
        assertThat(bench.tally(maker.queue())).contains("deferred 1").doesNotContain("queued");
        assertThat(bench.tally(maker.other().queue())).contains("deferred 1");
        maker.other().run(bench);
        assertThat(bench.tally(maker.queue())).contains("queued 1");
        maker.run(bench);
        assertThat(Bench.await(javaChild.result())).isEqualTo("from java");
        assertThat(Bench.await(pythonChild.result())).isEqualTo("from python");
        assertThat(bench.tally("java") + ", " + bench.tally("python"))
                .doesNotContain("deferred")
                .doesNotContain("queued");
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void childrenOfAParentThatFailsWaitUntilItIsQueuedAgain(Side runner, Bench bench) {
        JobHandle<String> parent = runner.other().make(bench, runner, Side.FAIL);
        JobHandle<String> javaChild = Side.JAVA.make(bench, runner, Side.ECHO, Dependency.on(parent.id()));
        JobHandle<String> pythonChild = Side.PYTHON.make(bench, runner, Side.ECHO, Dependency.on(parent.id()));
        runner.run(bench);
        assertThat(bench.tally(runner.queue())).isEqualTo("failed 1, deferred 2");

        bench.python("queue_of(args[0]).failed_job_registry.requeue(args[1])", runner.queue(), parent.id());
        assertThat(bench.tally(runner.queue())).isEqualTo("queued 1, deferred 2");
        runner.run(bench);
        assertThat(bench.tally(runner.queue())).isEqualTo("failed 1, deferred 2");

        Bench.await(parent.requeue());
        Bench.await(parent.moveTo("hands"));
        assertThat(bench.tally(runner.queue())).isEqualTo("deferred 2");
        Bench.await(bench.worker(worker -> worker.queues("hands").handle(Side.FAIL, reactor.core.publisher.Mono::just))
                .drain());
        assertThat(bench.tally(runner.queue())).isEqualTo("queued 2");
        runner.run(bench);
        assertThat(Bench.await(javaChild.result())).isEqualTo("from java");
        assertThat(Bench.await(pythonChild.result())).isEqualTo("from python");
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void childrenThatAllowItRunAfterAParentThatFailed(Side runner, Bench bench) {
        JobHandle<String> parent = runner.other().make(bench, runner, Side.FAIL);
        Dependency anyhow = Dependency.on(parent.id()).allowFailure().atFront();
        JobHandle<String> javaChild = Side.JAVA.make(bench, runner.other(), Side.ECHO, anyhow);
        JobHandle<String> pythonChild = Side.PYTHON.make(bench, runner.other(), Side.ECHO, anyhow);
        JobHandle<String> before = runner.make(bench, runner.other(), Side.ECHO);
        assertThat(bench.tally(runner.other().queue())).isEqualTo("queued 1, deferred 2");
        runner.run(bench);
        assertThat(bench.tally(runner.queue())).isEqualTo("failed 1");
        assertThat(bench.tally(runner.other().queue())).isEqualTo("queued 3");
        assertThat(bench.python(
                        "print(*queue_of(args[0]).job_ids)", runner.other().queue()))
                .endsWith(" " + before.id());
        runner.other().run(bench);
        assertThat(Bench.await(javaChild.result())).isEqualTo("from java");
        assertThat(Bench.await(pythonChild.result())).isEqualTo("from python");
    }

    @Test
    void aChainCrossesTheBorderAgainAndAgain(Bench bench) {
        JobHandle<String> job = Side.JAVA.make(bench, Side.PYTHON, Side.ECHO);
        for (Side side : List.of(Side.JAVA, Side.PYTHON, Side.JAVA, Side.PYTHON)) {
            job = side.other().make(bench, side, Side.ECHO, Dependency.on(job.id()));
        }
        assertThat(bench.tally("java")).isEqualTo("deferred 2");
        assertThat(bench.tally("python")).isEqualTo("queued 1, deferred 2");
        for (Side side : List.of(Side.PYTHON, Side.JAVA, Side.PYTHON, Side.JAVA, Side.PYTHON)) {
            side.run(bench);
        }
        assertThat(Bench.await(job.result())).isEqualTo("from java");
        assertThat(bench.tally("java")).isEqualTo("finished 2");
        assertThat(bench.tally("python")).isEqualTo("finished 3");
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aChildOfAFinishedParentIsQueuedAtOnce(Side runner, Bench bench) {
        JobHandle<String> parent = runner.make(bench, runner, Side.ECHO);
        runner.run(bench);
        runner.other().make(bench, runner, Side.ECHO, Dependency.on(parent.id()));
        assertThat(bench.tally(runner.queue())).isEqualTo("queued 1, finished 1");
    }

    @Test
    void pythonReadsAndTakesBackAChildOfJava(Bench bench) {
        JobHandle<String> parent = Side.PYTHON.make(bench, Side.JAVA, Side.ECHO);
        JobHandle<String> child = Side.JAVA.make(bench, Side.JAVA, Side.ECHO, Dependency.on(parent.id()));
        assertThat(bench.python("""
                        job = fetch(args[0])
                        print(job.dependency.id == args[1], fetch(args[1]).dependent_ids == [args[0]])
                        job.cancel()
                        """, child.id(), parent.id())).isEqualTo("True True");
        assertThat(bench.tally("java")).isEqualTo("queued 1, canceled 1");
        Side.JAVA.run(bench);
        assertThat(bench.tally("java")).isEqualTo("finished 1, canceled 1");
        assertThat(Bench.await(child.status())).isEqualTo(JobStatus.CANCELED);
    }

    @Test
    void javaTakesBackAChildOfPython(Bench bench) {
        JobHandle<String> parent = Side.JAVA.make(bench, Side.PYTHON, Side.ECHO);
        JobHandle<String> child = Side.PYTHON.make(bench, Side.PYTHON, Side.ECHO, Dependency.on(parent.id()));
        JobHandle<String> other = Side.PYTHON.make(bench, Side.PYTHON, Side.ECHO, Dependency.on(parent.id()));
        Bench.await(child.cancel());
        Bench.await(other.delete());
        assertThat(bench.tally("python")).isEqualTo("queued 1, canceled 1");
        Side.PYTHON.run(bench);
        assertThat(bench.tally("python")).isEqualTo("finished 1, canceled 1");
        assertThatThrownBy(() -> Bench.await(other.result())).isInstanceOf(JobException.NoSuchJob.class);
    }

    @Test
    void aChildOfPythonGoesWhenTheParentIsGoneForGood(Bench bench) {
        JobHandle<String> parent = Side.PYTHON.make(bench, Side.JAVA, Side.ECHO);
        JobHandle<String> child = Side.PYTHON.make(bench, Side.JAVA, Side.ECHO, Dependency.on(parent.id()));
        Bench.await(parent.delete());
        assertThat(bench.tally("java")).isEqualTo("canceled 1");
        assertThat(bench.python("print(status(fetch(args[0])))", child.id())).isEqualTo("canceled");
    }

    static JobHandle<String> handle(Bench bench, String id) {
        return bench.client().job(JobId.of(id), Side.ECHO);
    }
}
