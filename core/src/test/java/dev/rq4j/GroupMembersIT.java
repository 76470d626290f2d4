package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.GroupProgress;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobOptions.IfExists;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.JobStatus;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

/** A job that has the id of one that is gone is in the group that it was enqueued to, and in no other. */
@ExtendWith(RedisExtension.class)
class GroupMembersIT {

    private RawRedis redis;
    private JobGroup group;
    private JobHandle<String> stranger;

    @BeforeEach
    void replaceOneThatIsGone(JobClient jobs, RawRedis redis) {
        JobQueue queue = jobs.queue("q");
        this.redis = redis;
        this.group = jobs.group("g");
        get(queue.enqueue(ECHO, "hello", job -> job.id("same").group("g")).flatMap(JobHandle::delete));
        this.stranger = get(queue.enqueue(ECHO, "hello", job -> job.id("same")));
    }

    @Test
    void itIsNotCounted() {
        assertThat(get(group.snapshot())).isEqualTo(new GroupProgress(0, 0, 0, 0, 0, 0, 1));
        assertThat(get(group.ids().collectList())).isEmpty();
        assertThat(get(group.await()).isComplete()).isTrue();
    }

    @Test
    void itIsNotCanceled() {
        assertThat(get(group.cancel())).isZero();

        assertThat(get(stranger.status())).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void itIsNotDeleted() {
        assertThat(get(group.delete())).isZero();

        assertThat(get(stranger.status())).isEqualTo(JobStatus.QUEUED);
        assertThat(redis.keys()).noneMatch(key -> key.startsWith("group"));
    }

    @Test
    void nobodyWaitsForItWhoWaitsForTheGroup() {
        JobHandle<String> after = get(group.whenComplete("after", ECHO.request("hello")));

        assertThat(get(after.status())).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void aJobThatOneOfTheGroupWaitsForCannotWaitForTheGroup(JobClient jobs) {
        get(jobs.queue("q").enqueue(ECHO, "hello", job -> job.group("g").dependsOn(stranger.id())));
        JobRequest<String> circle =
                ECHO.request("hello", job -> job.id(stranger.id()).ifExists(IfExists.REPLACE));

        StepVerifier.create(group.whenComplete("q", circle))
                .expectError(JobException.Invalid.class)
                .verify(Eventually.DEADLINE);

        assertThat(redis.queue("q")).containsExactly("same");
    }
}
