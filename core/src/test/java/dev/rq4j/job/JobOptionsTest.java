package dev.rq4j.job;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rq4j.job.Dependency.OnParentFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JobOptionsTest {

    private static final Task<String, String> ECHO = Task.of("tests.echo", String.class, String.class);
    private static final Task<Void, String> TICK = Task.of("tests.tick", Void.class, String.class);
    private static final JobId A = JobId.of("a");
    private static final JobId B = JobId.of("b");

    @Test
    void changesStartFromTheTasksOptions() {
        Task<String, String> task = ECHO.with(job -> job.retry(RetryPolicy.times(3))
                .limit(RateLimit.concurrency("db", 2))
                .group("nightly")
                .description("an echo"));

        JobOptions options = task.request(
                        "",
                        job -> job.limit(RateLimit.concurrency("db", 5))
                                .limit(RateLimit.rate("api", 10, ofSeconds(1)))
                                .delay(ofNanos(1)))
                .options();

        assertThat(options.running().retry()).isEqualTo(RetryPolicy.times(3));
        assertThat(options.running().limits())
                .containsExactly(RateLimit.concurrency("db", 5), RateLimit.rate("api", 10, ofSeconds(1)));
        assertThat(options.labels().group()).isEqualTo("nightly");
        assertThat(options.labels().description()).isEqualTo("an echo");
        assertThat(options.timing().delay()).isEqualTo(ofMillis(1));
        assertThat(task.options().timing().delay()).isNull();
    }

    @Test
    void nothingAskedForChangesNothing() {
        assertThat(JobOptions.DEFAULTS.with(job -> {})).isEqualTo(JobOptions.DEFAULTS);
        assertThat(JobOptions.DEFAULTS.with(job -> job.delay(ZERO))).isEqualTo(JobOptions.DEFAULTS);
    }

    @Test
    void optionsCanDependOnTheInput() {
        Task<String, String> greet = ECHO.with((to, job) -> job.unique(Unique.untilEnded("greet:" + to)))
                .with((to, job) -> job.limit(RateLimit.concurrency(to, 2)))
                .with(job -> job.description("greets"));

        JobOptions ada = greet.request("ada").options();
        JobOptions bob = greet.request("bob", job -> job.unique(Unique.untilEnded("bob")))
                .options();

        assertThat(ada.identity().unique()).isEqualTo(Unique.untilEnded("greet:ada"));
        assertThat(ada.running().limits()).containsExactly(RateLimit.concurrency("ada", 2));
        assertThat(ada.labels().description()).isEqualTo("greets");
        assertThat(bob.identity().unique()).as("the request comes last").isEqualTo(Unique.untilEnded("bob"));
        assertThat(bob.running().limits()).containsExactly(RateLimit.concurrency("bob", 2));
        assertThat(greet.options().identity().unique()).isNull();
        assertThat(ECHO.request("ada").options().identity().unique()).isNull();
    }

    @Test
    void optionsThatDependOnTheInputNeedOne() {
        Task<String, String> greet = ECHO.with((to, job) -> job.unique(Unique.untilEnded(to)));
        Task<Void, String> tick = TICK.with((nothing, job) -> job.description("nothing is " + nothing));

        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> greet.requestFromResultOf(JobId.of("parent")))
                .withMessage(
                        "task tests.echo has options that depend on its input, which is not known before job parent"
                                + " has finished");
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> greet.request(null))
                .withMessageContaining("the input is null");
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> greet.request("x".repeat(201)))
                .withMessageContaining("a unique key must be");
        assertThat(tick.request(null).options().labels().description()).isEqualTo("nothing is null");
    }

    @Test
    void dependenciesAddUpAndTheLastFlagsWin() {
        Dependency parents = options(job -> job.dependsOn(Dependency.on(A).allowFailure())
                        .dependsOn(Dependency.on(A, B).cancelOnFailure().atFront()))
                .relations()
                .parents();

        assertThat(parents.ids()).containsExactly(A, B);
        assertThat(parents.onFailure()).isEqualTo(OnParentFailure.CANCEL);
        assertThat(parents.toFront()).isTrue();
        assertThat(options(job -> job.dependsOn(Dependency.on(A).allowFailure()).dependsOn(B))
                        .relations()
                        .parents())
                .isEqualTo(Dependency.on(A, B).allowFailure());
    }

    @Test
    void aRequestFromAResultHasNoInputAndDependsOnWhereItComesFrom() {
        JobRequest<String> request = ECHO.requestFromResultOf(A, job -> job.dependsOn(B));

        assertThat(request.input()).isNull();
        assertThat(request.options().relations().inputFrom()).isEqualTo(A);
        assertThat(request.options().relations().parents().ids()).containsExactly(B, A);
        Refusals.of(() -> TICK.requestFromResultOf(A))
                .isEqualTo("task tests.tick takes no input, so it cannot take the result of a job");
        Refusals.of(() -> new JobRequest<>(ECHO, "x", request.options()))
                .isEqualTo("a request for tests.echo has an input, and takes it from the result of job a as well");
    }

    @Test
    void metadataIsCopied() {
        Map<String, Object> meta = new HashMap<>(Collections.singletonMap("user", null));
        JobOptions options = options(job -> job.meta(meta));
        meta.put("more", 1);

        assertThat(options.labels().meta()).isEqualTo(Collections.singletonMap("user", null));
    }

    @Test
    void callbacksAddUpAndMayHaveCallbacksUpToADepth() {
        JobRequest<String> request = ECHO.request("");
        for (int i = 0; i < 8; i++) {
            JobRequest<String> next = request;
            request = ECHO.request("", job -> job.onSuccess(next).onFailure("alarms", TICK.request(null)));
        }
        JobRequest<String> deepest = request;

        assertThat(deepest.options().relations().callbacks())
                .extracting(Callback::when)
                .containsExactly(JobStatus.FINISHED, JobStatus.FAILED);
        Refusals.of(() -> ECHO.request("", job -> job.onStopped(deepest)))
                .isEqualTo("callbacks may have callbacks 8 deep, but these are 9 deep");
    }

    @Test
    void callbacksMayNotGrowWithoutEnd() {
        JobRequest<String> wide =
                ECHO.request("", job -> IntStream.range(0, 100).forEach(i -> job.onSuccess(TICK.request(null))));

        Refusals.of(() -> ECHO.request(
                        "", job -> job.onSuccess(wide).onFailure(wide).onStopped(wide)))
                .isEqualTo("a job may have 256 callbacks, with those of its callbacks, but there are 303");
    }

    @Test
    void whatIsFineTogether() {
        JobOptions options = options(job -> job.atFront()
                .limit(RateLimit.concurrency("db", 1))
                .repeat(Repeat.times(2).every(ofSeconds(5)))
                .dependsOn(A)
                .id("mine")
                .ifExists(JobOptions.IfExists.REPLACE)
                .unique(Unique.debounce("index"))
                .delay(ofSeconds(1))
                .ttl(ofMillis(1001)));

        assertThat(options.timing()).isEqualTo(new Timing(ofSeconds(1), null, ofSeconds(2), true));
        assertThat(options.identity().unique())
                .isEqualTo(Unique.untilEnded("index").ifTaken(JobOptions.IfExists.REPLACE));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWhatCannotBe(Consumer<JobOptions.Builder> change, String message) {
        Refusals.of(() -> options(change)).isEqualTo(message);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused(job -> job.delay(ofSeconds(-1)), "a delay must not be negative, but was PT-1S"),
                refused(job -> job.delay(days(3651)), "a delay must be at most 3650 days, but was PT87624H"),
                refused(
                        job -> job.delay(ofSeconds(1)).at(Instant.now()),
                        "a job takes a delay or a time (at), but was given both"),
                refused(
                        job -> job.at(Instant.MAX),
                        "the time of a job (at) must be between 1970-01-01T00:00:00Z and 2200-01-01T00:00:00Z, but was "
                                + Instant.MAX),
                refused(job -> job.ttl(ZERO), "a ttl must be positive, but was PT0S"),
                refused(job -> job.ttl(days(36_501)), "a ttl must be at most 36500 days, but was PT876024H"),
                refused(
                        job -> job.ttl(ofHours(1)).delay(ofHours(2)),
                        "a ttl must be longer than the delay of PT2H, but was PT1H"),
                refused(
                        job -> job.timeout(ZERO),
                        "a timeout must be positive, but was PT0S; use noTimeout() for no limit"),
                refused(job -> job.timeout(days(36_501)), "a timeout must be at most 36500 days, but was PT876024H"),
                refused(job -> job.maxRecoveries(-1), "maxRecoveries must not be negative, but was -1"),
                refused(job -> job.id(A).dependsOn(B, A), "job a depends on itself"),
                refused(
                        job -> job.dependsOn(Dependency.on(IntStream.range(0, 10_001)
                                .mapToObj(i -> JobId.of("p" + i))
                                .toList())),
                        "dependsOn takes at most 10000 jobs, but there are 10001"),
                refused(
                        job -> job.description("x".repeat(1001)),
                        "a description must be at most 1000 characters without control characters, but was \""
                                + "x".repeat(60) + "...\""),
                refused(
                        job -> job.description("red \u001b[31m"),
                        "a description must be at most 1000 characters without control characters, but was \"red \\u001b[31m\""),
                refused(
                        job -> job.resultTtl(ChronoUnit.FOREVER.getDuration()),
                        "a retention must be -1 (for ever), 0 (nothing is kept) or up to 100 years, but was "
                                + ChronoUnit.FOREVER.getDuration()),
                refused(
                        job -> job.delay(ofSeconds(Long.MIN_VALUE)),
                        "a delay must not be negative, but was " + ofSeconds(Long.MIN_VALUE)),
                refused(job -> job.group("a:b"), "a group name must be 1 to 128 of A-Z a-z 0-9 . _ -, but was \"a:b\""),
                refused(
                        job -> job.onSuccess("a:b", ECHO.request("")),
                        "a queue name must be 1 to 128 of A-Z a-z 0-9 . _ -, but was \"a:b\""),
                refused(
                        job -> job.onFailure(ECHO.request("", callback -> callback.id("mine"))),
                        "a callback gets a random id, but was asked to have the id mine"),
                refused(
                        job -> IntStream.range(0, 17).forEach(i -> job.webhook(Webhook.onFailed("http://a.example"))),
                        "the number of webhooks must be 0 to 16, but was 17"));
    }

    @Test
    void refusesNothingWhereSomethingIsToBeGiven() {
        List<Consumer<JobOptions.Builder>> changes = List.of(
                job -> job.id((String) null),
                job -> job.id((JobId) null),
                job -> job.ifExists(null),
                job -> job.unique(null),
                job -> job.description(null),
                job -> job.group(null),
                job -> job.meta(null),
                job -> job.delay(null),
                job -> job.at(null),
                job -> job.ttl(null),
                job -> job.timeout(null),
                job -> job.retry(null),
                job -> job.retry(RetryPolicy.times(1).intervals(ofSeconds(1), null)),
                job -> job.repeat(null),
                job -> job.limit(null),
                job -> job.resultTtl((Duration) null),
                job -> job.failureTtl((Retention) null),
                job -> job.onSuccess(null),
                job -> job.webhook(null));

        for (Consumer<JobOptions.Builder> change : changes) {
            Refusals.of(() -> options(change)).endsWith("but was null");
        }
    }

    private static Arguments refused(Consumer<JobOptions.Builder> change, String message) {
        return arguments(change, message);
    }

    private static JobOptions options(Consumer<JobOptions.Builder> change) {
        return JobOptions.DEFAULTS.with(change);
    }

    private static Duration days(int days) {
        return Duration.ofDays(days);
    }
}
