package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobHandle;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.job.TypeRef;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What a handler learns from the jobs that its job waited for. */
class ParentsIT extends Scene {

    private static final Task<String, List<Integer>> COUNT =
            Task.of("tests.count", new TypeRef<String>() {}, new TypeRef<List<Integer>>() {});
    private static final Task<List<Integer>, Integer> SUM =
            Task.of("tests.sum", new TypeRef<List<Integer>>() {}, new TypeRef<Integer>() {});
    private static final Task<String, String> LOOK = Task.of("tests.look", String.class, String.class);

    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Test
    void theResultOfAParentIsTheInputOfAJobThatTakesIt() {
        JobHandle<List<Integer>> parent = get(jobs.queue(QUEUE).enqueue(COUNT, "1 2 3"));
        JobHandle<Integer> child = child(SUM, parent.id());

        assertThat(drain(family())).isEqualTo(2);

        assertThat(get(child.result())).isEqualTo(6);
    }

    @Test
    void aResultThatIsNotOfTheTypeOfTheInputFailsTheChild() {
        JobHandle<String> parent = get(jobs.queue(QUEUE).enqueue(LOOK, "wrong"));
        JobHandle<Integer> child = child(SUM, parent.id());
        JobHandle<Void> nothing = get(jobs.queue(QUEUE).enqueue(NOTHING, "x"));
        JobHandle<Integer> hungry = child(SUM, nothing.id());

        drain(family().handle(NOTHING, input -> Mono.empty()));

        assertThat(trace(child)).contains("JobException$Unreadable: cannot read the result as java.util.List");
        assertThat(trace(hungry))
                .contains("expected the result of job " + nothing.id() + " as java.util.List")
                .contains("but it returned nothing");
    }

    @Test
    void aHandlerReadsTheResultsOfItsParents() {
        JobId one = get(jobs.queue(QUEUE).enqueue(COUNT, "1 2")).id();
        JobId two = get(jobs.queue(QUEUE).enqueue(COUNT, "3 4")).id();
        JobHandle<Integer> child =
                get(jobs.queue(QUEUE).enqueue(SUM, List.of(100), options -> options.dependsOn(one, two)));

        drain(worker(jobs).handle(COUNT, ParentsIT::count).handle(SUM, (numbers, job) -> {
            assertThat(job.dependencies()).containsExactly(one, two);
            return Mono.zip(job.resultOf(one, new TypeRef<List<Integer>>() {}), job.resultOf(two, List.class))
                    .map(results -> results.getT1().size() + results.getT2().size() + numbers.get(0));
        }));

        assertThat(get(child.result())).isEqualTo(104);
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "gone", "waits", "of another type", "canceled"})
    void aResultThatIsNotThereIsATypedError(String act) {
        JobHandle<String> parent = get(jobs.queue(QUEUE).enqueue(LOOK, act.equals("failed") ? "fail" : "x", options -> {
            if (act.equals("gone")) {
                options.resultTtl(Duration.ZERO);
            }
            if (act.equals("waits") || act.equals("canceled")) {
                options.delay(Duration.ofHours(1));
            }
        }));
        if (act.equals("canceled")) {
            get(parent.cancel());
        }
        drain(family());
        JobHandle<String> child =
                get(jobs.queue(QUEUE).enqueue(LOOK, parent.id().value()));

        Class<?> type = act.equals("of another type") ? Integer.class : String.class;
        drain(worker(jobs)
                .handle(LOOK, (id, job) -> job.resultOf(JobId.of(id), type).map(Object::toString)));

        assertThat(trace(child))
                .contains("JobException$"
                        + switch (act) {
                            case "failed" -> "JobFailed: job " + parent.id() + " failed: java.lang.Illegal";
                            case "gone" -> "NoSuchJob";
                            case "waits" -> "NotEnded: job " + parent.id() + " has not ended: it is scheduled";
                            case "canceled" -> "JobCanceled";
                            default -> "Unreadable: cannot read the result as java.lang.Integer";
                        });
    }

    @Test
    void aParentThatReturnedNothingEmitsNothing() {
        JobHandle<Void> parent = get(jobs.queue(QUEUE).enqueue(NOTHING, "x"));
        JobHandle<String> child =
                get(jobs.queue(QUEUE).enqueue(LOOK, "x", options -> options.dependsOn(Dependency.on(parent.id()))));

        drain(worker(jobs)
                .handle(NOTHING, input -> Mono.empty())
                .handle(
                        LOOK,
                        (input, job) -> job.resultOf(parent.id(), String.class).defaultIfEmpty("nothing")));

        assertThat(get(child.result())).isEqualTo("nothing");
    }

    private static final Task<String, Void> NOTHING = Task.of("tests.nothing", String.class, Void.class);

    private WorkerBuilder family() {
        return worker(jobs)
                .handle(COUNT, ParentsIT::count)
                .handle(
                        SUM,
                        numbers -> Mono.just(
                                numbers.stream().mapToInt(Integer::intValue).sum()))
                .handle(LOOK, input -> {
                    seen.add(input);
                    return input.equals("fail")
                            ? Mono.error(new IllegalStateException("on purpose"))
                            : Mono.just(input);
                });
    }

    private <O> JobHandle<O> child(Task<?, O> task, JobId parent) {
        return get(jobs.queue(QUEUE).enqueue(task.requestFromResultOf(parent)));
    }

    private static Mono<List<Integer>> count(String numbers) {
        return Mono.just(
                List.of(numbers.split(" ")).stream().map(Integer::valueOf).toList());
    }
}
