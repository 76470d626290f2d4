package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.Job;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobStatus;
import dev.rq4j.job.Retention;
import dev.rq4j.job.Task;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

@ExtendWith(RedisExtension.class)
class EnqueueIT {

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z";

    record Mail(String to, int copies) {}

    @Test
    void writesWhatPythonNeedsToRunTheJob(JobClient jobs, RawRedis redis) {
        JobId id = get(jobs.queue("mails").enqueue(ECHO, "grüße")).id();

        Map<String, String> hash = redis.job(id);
        assertThat(hash)
                .containsOnlyKeys("status", "created_at", "enqueued_at", "data", "origin", "description", "timeout")
                .containsEntry("status", "queued")
                .containsEntry("origin", "mails")
                .containsEntry("description", "tests.echo")
                .containsEntry("timeout", "180");
        assertThat(hash.get("created_at")).matches(TIME);
        assertThat(hash.get("enqueued_at")).matches(TIME);
        assertThat(redis.payload(id)).isEqualToIgnoringWhitespace("[\"tests.echo\",null,[\"grüße\"],{}]");
        assertThat(redis.queue("mails")).containsExactly(id.value());
        assertThat(redis.commands().smembers(redis.key("queues"))).containsExactly(redis.key("queue:mails"));
        assertThat(redis.ttl("job:" + id)).isEqualTo(-1);
        assertThat(redis.keys()).containsExactlyInAnyOrder("queues", "queue:mails", "job:" + id);
    }

    @Test
    void sendsTheFieldsOfAnInputAsNamedArguments(JobClient jobs, RawRedis redis) {
        Task<Mail, Void> task = Task.of("mail.send", Mail.class, Void.class).namedArguments();

        JobId id = get(jobs.queue("q").enqueue(task, new Mail("you", 2))).id();

        assertThat(redis.payload(id))
                .isEqualToIgnoringWhitespace("[\"mail.send\",null,[],{\"to\":\"you\",\"copies\":2}]");
    }

    @Test
    void sendsNoArgumentForNoInput(JobClient jobs, RawRedis redis) {
        Task<Void, Void> task = Task.of("files.clean_up", Void.class, Void.class);

        JobId id = get(jobs.queue("q").enqueue(task, null)).id();

        assertThat(redis.payload(id)).isEqualToIgnoringWhitespace("[\"files.clean_up\",null,[],{}]");
    }

    @Test
    void refusesNoInputForATaskThatTakesOne(JobClient jobs, RawRedis redis) {
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> get(jobs.queue("q").enqueue(ECHO, null)))
                .withMessage("task tests.echo takes a java.lang.String, but the input is null");

        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void compressesWhatIsLarge(JobClient jobs, RawRedis redis) {
        JobId id = get(jobs.queue("q").enqueue(ECHO, "x".repeat(10_000))).id();

        assertThat(redis.job(id).get("data").length()).isLessThan(500);
        assertThat(redis.payload(id)).contains("x".repeat(10_000));
    }

    @Test
    void writesTheOptionsAskedFor(JobClient jobs, RawRedis redis) {
        JobId id = get(jobs.queue("q")
                        .enqueue(
                                ECHO,
                                "hello",
                                job -> job.id("mine_1-A")
                                        .description("a greeting")
                                        .timeout(Duration.ofMillis(1500))
                                        .resultTtl(Duration.ZERO)
                                        .failureTtl(Retention.forever())
                                        .maxRecoveries(0)))
                .id();

        assertThat(id.value()).isEqualTo("mine_1-A");
        assertThat(redis.job(id))
                .containsEntry("description", "a greeting")
                .containsEntry("timeout", "2")
                .containsEntry("result_ttl", "0")
                .containsEntry("failure_ttl", "-1")
                .containsEntry("max_recoveries", "0");
    }

    @Test
    void noTimeoutIsMinusOne(JobClient jobs, RawRedis redis) {
        JobHandle<String> job = get(jobs.queue("q").enqueue(ECHO, "hello", options -> options.noTimeout()));

        assertThat(redis.job(job.id())).containsEntry("timeout", "-1");
        assertThat(get(job.snapshot()).timeout()).isNull();
    }

    @Test
    void queuesAtTheBackOrAtTheFront(JobClient jobs, RawRedis redis) {
        JobQueue queue = jobs.queue("q");
        get(queue.enqueue(ECHO, "", job -> job.id("first")));
        get(queue.enqueue(ECHO, "", job -> job.id("second")));
        get(queue.enqueue(ECHO, "", job -> job.id("urgent").atFront()));

        assertThat(redis.queue("q")).containsExactly("urgent", "first", "second");
        assertThat(queue.ids().collectList().block())
                .extracting(JobId::value)
                .containsExactly("urgent", "first", "second");
        assertThat(get(queue.size())).isEqualTo(3);
    }

    @Test
    void refusesAnIdThatExistsAndLeavesItAlone(JobClient jobs, RawRedis redis) {
        JobQueue queue = jobs.queue("q");
        JobId id = get(queue.enqueue(ECHO, "one", job -> job.id("once"))).id();

        assertThatExceptionOfType(JobException.DuplicateJob.class)
                .isThrownBy(() -> get(queue.enqueue(ECHO, "two", job -> job.id("once"))))
                .satisfies(refused -> assertThat(refused.job()).isEqualTo(id))
                .withMessageContaining("once");

        assertThat(redis.queue("q")).containsExactly("once");
        assertThat(redis.payload(id)).contains("one");
    }

    @Test
    void answersWithTheJobThatExistsWhenAskedTo(JobClient jobs, RawRedis redis) {
        JobQueue queue = jobs.queue("q");
        get(queue.enqueue(ECHO, "one", job -> job.id("once")));

        JobHandle<String> same =
                get(queue.enqueue(ECHO, "two", job -> job.id("once").ifExists(IfExists.RETURN_EXISTING)));

        assertThat(same.id().value()).isEqualTo("once");
        assertThat(redis.queue("q")).containsExactly("once");
        assertThat(redis.payload(same.id())).contains("one");
    }

    @Test
    void enqueuesOnceForEachSubscription(JobClient jobs, RawRedis redis) {
        var cold = jobs.queue("q").enqueue(ECHO, "hello");
        assertThat(redis.keys()).isEmpty();

        JobId first = get(cold).id();
        JobId second = get(cold).id();

        assertThat(redis.queue("q")).containsExactly(first.value(), second.value());
    }

    @Test
    void refusesBadNamesAndInputsBeforeAnythingIsSent(JobClient jobs, RawRedis redis) {
        assertThatExceptionOfType(JobException.Invalid.class).isThrownBy(() -> jobs.queue("a:b"));
        assertThatExceptionOfType(JobException.Invalid.class)
                .isThrownBy(() -> get(jobs.queue("q").enqueue(ECHO, "", job -> job.id("a.b"))));
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> get(jobs.queue("q").enqueue(ECHO, "x".repeat(2 << 20))));

        assertThat(redis.keys()).isEmpty();
    }

    @Test
    void leavesNothingOfAJobWhoseQueueIsNoList(JobClient jobs, RawRedis redis) {
        redis.commands().set(redis.key("queue:q"), "a string");

        assertThatExceptionOfType(JobException.ServerError.class)
                .isThrownBy(() -> get(jobs.queue("q").enqueue(ECHO, "hello")))
                .withMessageContaining("WRONGTYPE");

        assertThat(redis.keys()).containsExactly("queue:q");
    }

    @Test
    void showsTheJobAsItIs(JobClient jobs) {
        Instant before = Instant.now().minusSeconds(1);
        JobHandle<String> handle =
                get(jobs.queue("q").enqueue(ECHO, "hello", job -> job.resultTtl(Duration.ofHours(1))));

        Job job = get(handle.snapshot());

        assertThat(job.id()).isEqualTo(handle.id());
        assertThat(job.status()).isEqualTo(JobStatus.QUEUED);
        assertThat(job.queue()).isEqualTo("q");
        assertThat(job.task()).isEqualTo("tests.echo");
        assertThat(job.description()).isEqualTo("tests.echo");
        assertThat(job.timeout()).isEqualTo(Duration.ofMinutes(3));
        assertThat(job.resultTtl()).isEqualTo(Retention.of(Duration.ofHours(1)));
        assertThat(job.failureTtl()).isNull();
        assertThat(job.times().enqueued()).isBetween(before, Instant.now().plusSeconds(1));
        assertThat(job.times().started()).isNull();
        assertThat(job.expiresIn()).isNull();
        assertThat(get(handle.status())).isEqualTo(JobStatus.QUEUED);
        assertThat(jobs.queues().collectList().block()).containsExactly("q");
    }

    @Test
    void whatFollowsUponACallRunsOnNoThreadOfTheDriver(JobClient jobs) {
        Mono<String> threads = jobs.queue("q")
                .enqueue(ECHO, "hello")
                .map(job -> Thread.currentThread().getName())
                .flatMap(first -> jobs.queue("q")
                        .size()
                        .map(size -> first + " " + Thread.currentThread().getName()));

        assertThat(get(threads)).matches("parallel-\\d+ parallel-\\d+");
    }
}
