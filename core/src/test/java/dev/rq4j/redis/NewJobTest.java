package dev.rq4j.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.job.Dependency;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Repeat;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Task;
import dev.rq4j.job.Unique;
import dev.rq4j.job.Webhook;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class NewJobTest {

    private static final Task<String, String> ECHO = Task.of("tests.echo", String.class, String.class);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
    private static final JobId ID = JobId.of("new");
    private static final JobId A = JobId.of("a");
    private static final JobId B = JobId.of("b");

    @Test
    void aPlainJobIsWrittenWithWhatPythonNeedsAndNoMore() {
        NewJob job = job(options -> {});

        assertThat(job.token()).isEmpty();
        assertThat(job.directives()).containsExactly(Map.entry("queue", "q"));
        assertThat(texts(job))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "created_at", "2026-01-02T03:04:05.678901Z",
                        "enqueued_at", "2026-01-02T03:04:05.678901Z",
                        "data", "[\"tests.echo\",null,[\"hi\"],{}]",
                        "origin", "q",
                        "description", "tests.echo",
                        "timeout", "180"));
    }

    @Test
    void argumentsAreTheIdTheTokenTheDirectivesAndOneDumpOfTheFields() {
        Args args = args(Map.of("queue", "q"), "q");

        assertThat(Arrays.stream(args.toArray()).limit(7).map(Args::text))
                .containsExactly("rq", "new", "t", "2", "queue", "q", "1");
        assertThat(args.toArray()[7])
                .isEqualTo(HashDump.of(fields("status", "queued", "request_token", "t", "origin", "q"), Map.of()));
    }

    @Test
    void theFieldsAreArgumentsWhereTheScriptReadsThemOrTheyAreLarge() {
        String large = "q".repeat(5000);

        assertThat(Arrays.stream(args(Map.of("limited", "1"), "q").toArray()).map(Args::text))
                .containsExactly("rq", "new", "t", "2", "limited", "1", "2", "origin", "q");
        assertThat(Arrays.stream(args(Map.of("queue", "q"), large).toArray()).map(Args::text))
                .containsExactly("rq", "new", "t", "2", "queue", "q", "2", "origin", large);
    }

    /** A field that stood twice in a dump would be the end of the server. */
    @Test
    void aTemplateThatSomebodyWroteIntoRedisDoesNotWriteAFieldTwice() {
        Args args = Args.of(new Keys("rq"));
        new NewJob(ID, "t", JobOptions.DEFAULTS.identity(), Map.of(), fields("status", "x", "request_token", "y"))
                .addTo(args);

        assertThat(args.toArray()[5])
                .isEqualTo(HashDump.of(fields("status", "queued", "request_token", "t"), Map.of()));
    }

    private static Map<String, byte[]> fields(String... texts) {
        Map<String, byte[]> fields = new LinkedHashMap<>();
        for (int i = 0; i < texts.length; i += 2) {
            fields.put(texts[i], Args.bytes(texts[i + 1]));
        }
        return fields;
    }

    private static Args args(Map<String, String> directives, String origin) {
        Args args = Args.of(new Keys("rq"));
        new NewJob(ID, "t", JobOptions.DEFAULTS.identity(), directives, Map.of("origin", Args.bytes(origin)))
                .addTo(args);
        return args;
    }

    @Test
    void timingIsLeftToTheClockOfRedis() {
        NewJob delayed = job(options -> options.delay(ofMillis(1500)).ttl(ofHours(1)));
        assertThat(delayed.directives())
                .containsExactlyInAnyOrderEntriesOf(Map.of("queue", "q", "delay", "1500", "ttl", "3600"));
        assertThat(added(delayed)).containsExactlyEntriesOf(Map.of("ttl", "3600"));

        NewJob at = job(options -> options.at(NOW).atFront());
        assertThat(at.directives())
                .containsExactlyInAnyOrderEntriesOf(Map.of("queue", "q", "at", "1767323045679", "front", "1"));
        assertThat(added(at)).isEmpty();
    }

    @Test
    void writesARetryAsPythonReadsIt() {
        assertThat(added(job(options -> options.retry(RetryPolicy.times(3)))))
                .containsExactlyInAnyOrderEntriesOf(Map.of("retries_left", "3", "retry_intervals", "[0]"));
        assertThat(added(job(options -> options.retry(RetryPolicy.times(5)
                        .intervals(ofSeconds(1), ofMillis(2500))
                        .jitter(0.25)
                        .onlyFor(IOException.class)
                        .neverFor(Thread.State.class)
                        .atFront()))))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "retries_left", "5",
                        "retry_intervals", "[1,2.5,2.5,2.5,2.5]",
                        "retry_jitter", "0.25",
                        "retry_only", "[\"java.io.IOException\"]",
                        "retry_never", "[\"java.lang.Thread$State\"]",
                        "enqueue_at_front_on_retry", "1"));
    }

    @Test
    void writesRepeatsAndLimits() {
        assertThat(added(job(options -> options.repeat(Repeat.times(4).every(ofSeconds(5), ofSeconds(10))))))
                .containsExactlyInAnyOrderEntriesOf(Map.of("repeats_left", "4", "repeat_intervals", "[5,10]"));
        NewJob limited = job(options ->
                options.limit(RateLimit.concurrency("db", 2)).limit(RateLimit.rate("api", 10, ofMillis(1500))));
        assertThat(limited.directives()).containsEntry("limited", "1");
        assertThat(added(limited))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "rate_limit_key", "db",
                        "rate_limit_concurrency", "2",
                        "rate_key", "api",
                        "rate_count", "10",
                        "rate_period", "1500"));
    }

    @Test
    void writesLabelsAndWebhooks() {
        NewJob job = job(
                options -> options.group("nightly").meta(Map.of("user", 7)).webhook(Webhook.onFailed("http://h/x")));

        assertThat(job.directives()).containsEntry("group", "nightly");
        assertThat(added(job))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "group_id",
                        "nightly",
                        "meta",
                        "{\"user\":7}",
                        "webhooks",
                        "[{\"url\":\"http://h/x\",\"job_status\":\"failed\",\"method\":\"POST\",\"headers\":null,"
                                + "\"timeout\":10}]"));
    }

    @Test
    void writesWhatTheJobWaitsFor() {
        NewJob waits = job(options -> options.dependsOn(A, B));
        assertThat(waits.directives()).containsEntry("depends", "a,b");
        assertThat(added(waits))
                .containsExactlyInAnyOrderEntriesOf(Map.of("dependency_ids", "[\"a\",\"b\"]", "dependency_id", "a"));

        NewJob urgent =
                job(options -> options.dependsOn(Dependency.on(A).allowFailure().atFront()));
        assertThat(urgent.directives()).containsEntry("front", "1");
        assertThat(added(urgent))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "dependency_ids", "[\"a\"]",
                        "dependency_id", "a",
                        "on_parent_failure", "run",
                        "allow_dependency_failures", "1"));
        assertThat(added(job(options -> options.dependsOn(Dependency.on(A).cancelOnFailure()))))
                .containsEntry("on_parent_failure", "cancel")
                .doesNotContainKey("allow_dependency_failures");
    }

    @Test
    void aRequestFromAResultHasNoArgumentAndNamesTheParent() {
        NewJob job = NewJob.of(ECHO.requestFromResultOf(A), ID, "q", JacksonCodec.create(), NOW);

        assertThat(texts(job))
                .containsEntry("data", "[\"tests.echo\",null,[],{}]")
                .containsEntry("input_from", "a")
                .containsEntry("dependency_ids", "[\"a\"]");
        assertThat(job.directives()).containsEntry("depends", "a");
    }

    @Test
    void namesWhatMayExistOnce() {
        JobRequest<String> anyId =
                ECHO.with(options -> options.ifExists(IfExists.REPLACE)).request("hi");
        assertThat(family(anyId).jobs().get(0).directives()).doesNotContainKey("replace");
        NewJob replacing = job(options -> options.id(ID).ifExists(IfExists.REPLACE));
        assertThat(replacing.token()).hasSize(36);
        assertThat(replacing.directives()).containsEntry("replace", "1");

        assertThat(job(options -> options.unique(Unique.untilEnded("k"))).directives())
                .containsExactlyInAnyOrderEntriesOf(Map.of("queue", "q", "unique", "k"));
        assertThat(job(options ->
                                options.unique(Unique.within("k", ofSeconds(2)).ifTaken(IfExists.REPLACE)))
                        .directives())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("queue", "q", "unique", "k", "unique_ms", "2000", "unique_replace", "1"));
    }

    @Test
    void callbacksFollowTheirJobAndWaitForIt() {
        Family family = family(ECHO.request(
                "hi",
                options -> options.onSuccess(ECHO.request("done", done -> done.onStopped(ECHO.request("deep"))))
                        .onFailure(
                                "alarms",
                                ECHO.request(
                                        "oh",
                                        oh -> oh.dependsOn(Dependency.on(B).cancelOnFailure())))));

        assertThat(family.jobs()).hasSize(4);
        NewJob success = family.jobs().get(1);
        NewJob deep = family.jobs().get(2);
        NewJob failure = family.jobs().get(3);
        assertThat(success.directives())
                .containsExactlyInAnyOrderEntriesOf(Map.of("queue", "q", "depends", "new", "with", "new"));
        assertThat(texts(success)).containsEntry("run_if", "finished").containsEntry("on_parent_failure", "run");
        assertThat(deep.directives())
                .containsEntry("depends", success.id().value())
                .containsEntry("with", success.id().value());
        assertThat(texts(deep)).containsEntry("run_if", "stopped").containsEntry("origin", "q");
        assertThat(failure.directives()).containsEntry("queue", "alarms").containsEntry("depends", "new,b");
        assertThat(texts(failure))
                .containsEntry("run_if", "failed")
                .containsEntry("on_parent_failure", "run")
                .containsEntry("origin", "alarms");
    }

    @Test
    void emitsTheIdsOfTheRequestsInOrder() {
        Family first = family(ECHO.request("", options -> options.onSuccess(ECHO.request(""))));
        Family second = new Family(List.of(
                job(options -> options.id("taken").unique(Unique.untilEnded("k").ifTaken(IfExists.RETURN_EXISTING)))));

        assertThat(Family.outcomes(List.of(first, second), List.of(1L, 1L, refusal(0, "b"))))
                .containsExactly(ID, B);
    }

    @Test
    void eachJobOfAChainComesWholeWithTheOneBefore() {
        Family chain = Family.ofChain(
                List.of(
                        new Placed(A, "q", ECHO.request("hi", options -> options.onFailure(ECHO.request("")))),
                        new Placed(B, "other", ECHO.requestFromResultOf(A))),
                JacksonCodec.create(),
                NOW);

        assertThat(chain.jobs()).hasSize(3);
        assertThat(chain.jobs().get(0).directives()).containsExactly(Map.entry("queue", "q"));
        assertThat(chain.jobs().get(1).directives()).containsEntry("with", "a").doesNotContainKey("whole");
        assertThat(chain.jobs().get(2).directives())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("queue", "other", "depends", "a", "with", "a", "whole", "1"));
        chain.refuseExisting(List.of(1L, refusal(0, "x"), 1L));
        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> chain.refuseExisting(List.of(1L, 1L, refusal(0, "b"))));
    }

    @Test
    void refusesWhatIsTakenUnlessToldToReturnIt() {
        NewJob byId = job(options -> options.id(ID));
        assertRefused(byId, "new");
        assertRefused(job(options -> options.unique(Unique.untilEnded("k"))), "b");
        assertRefused(job(options -> options.id(ID).ifExists(IfExists.REPLACE)), "new");
        assertRefused(
                job(options -> options.id(ID).ifExists(IfExists.RETURN_EXISTING).unique(Unique.untilEnded("k"))), "b");

        NewJob returning = job(options -> options.id(ID).ifExists(IfExists.RETURN_EXISTING));
        assertThat(returning.outcome(refusal(0, "new"))).isEqualTo(ID);
        assertThat(returning.outcome(1L)).isEqualTo(ID);
    }

    @Test
    void saysWhichDependencyDoesNotExist() {
        assertThatExceptionOfType(JobException.NoSuchDependency.class)
                .isThrownBy(() -> job(options -> options.dependsOn(A)).outcome(refusal(-1, "a", "callback")))
                .withMessage("job callback depends on job a, which does not exist")
                .satisfies(missing -> assertThat(missing.dependency()).isEqualTo(A));
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> job(options -> options.dependsOn(A)).outcome(refusal(-2, "new", "new")))
                .withMessage("job new depends on a job that waits for it");
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> job(options -> options.at(NOW)).outcome(refusal(-5, "new", "new")))
                .withMessage("job new could never start: its time (at) comes when its ttl is over already");
    }

    private static void assertRefused(NewJob job, String existing) {
        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> job.outcome(refusal(0, existing)))
                .satisfies(refused -> assertThat(refused.job().value()).isEqualTo(existing));
    }

    private static List<Object> refusal(long kind, String... ids) {
        List<Object> answer = new ArrayList<>(List.of(kind));
        Arrays.stream(ids).map(id -> id.getBytes(UTF_8)).forEach(answer::add);
        return answer;
    }

    private static NewJob job(Consumer<JobOptions.Builder> options) {
        return NewJob.of(ECHO.request("hi", options), ID, "q", JacksonCodec.create(), NOW);
    }

    private static Family family(JobRequest<?> request) {
        return Family.of(request, ID, "q", JacksonCodec.create(), NOW);
    }

    /** What a job has beside what every job has. */
    private static Map<String, String> added(NewJob job) {
        Map<String, String> fields = texts(job);
        fields.keySet().removeAll(new ArrayList<>(job(options -> {}).fields().keySet()));
        return fields;
    }

    private static Map<String, String> texts(NewJob job) {
        Map<String, String> texts = new LinkedHashMap<>();
        job.fields().forEach((field, value) -> texts.put(field, Args.text(value)));
        return texts;
    }
}
