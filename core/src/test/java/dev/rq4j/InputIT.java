package dev.rq4j;

import static dev.rq4j.PretendWorker.ECHO;
import static dev.rq4j.PretendWorker.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.Task;
import dev.rq4j.job.TypeRef;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What jobs were given, read from outside. */
@ExtendWith(RedisExtension.class)
class InputIT {

    private static final Task<Mail, Void> MAIL =
            Task.of("tests.mail", Mail.class, Void.class).namedArguments();
    private static final Task<List<Mail>, Void> MAILS = Task.of("tests.mails", new TypeRef<>() {}, new TypeRef<>() {});
    private static final Task<Void, String> NOTHING = Task.of("tests.nothing", Void.class, String.class);

    private JobClient jobs;
    private RawRedis redis;
    private Kin kin;
    private JobQueue queue;

    /** Something to be sent. */
    record Mail(String to, int copies) {}

    @BeforeEach
    void meet(JobClient jobs, RawRedis redis) {
        this.jobs = jobs;
        this.redis = redis;
        this.kin = new Kin(jobs, redis);
        this.queue = jobs.queue("q");
    }

    @Test
    void isReadAsTheTypeThatIsAskedFor() {
        Mail mail = new Mail("ada@example.org", 2);

        assertThat(get(kin.enqueue("a").input(String.class))).isEqualTo("for a");
        assertThat(get(get(queue.enqueue(MAIL, mail)).input(Mail.class))).isEqualTo(mail);
        assertThat(get(get(queue.enqueue(MAILS, List.of(mail))).input(new TypeRef<List<Mail>>() {})))
                .containsExactly(mail);
        assertThat(get(queue.enqueue(NOTHING, null)).input(Void.class).blockOptional())
                .isEmpty();
    }

    @Test
    void ofAJobThatTakesTheResultOfAnotherIsThatResult() {
        JobHandle<String> parent = kin.enqueue("parent");
        JobHandle<String> child = get(queue.enqueue(ECHO.requestFromResultOf(parent.id())));

        assertThatExceptionOfType(JobException.NotEnded.class)
                .isThrownBy(() -> child.input(String.class).block())
                .satisfies(error -> assertThat(error.job()).isEqualTo(parent.id()));
        kin.finish("parent", "from the parent");

        assertThat(get(child.input(String.class))).isEqualTo("from the parent");
    }

    @Test
    void ofWhatCannotBeReadIsATypedError() {
        JobHandle<String> job = kin.enqueue("a");

        assertThatExceptionOfType(JobException.NoSuchJob.class)
                .isThrownBy(() -> kin.job("nobody").input(String.class).block());
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> job.input(Mail.class).block());
        redis.commands().hset(redis.key("job:a"), "data", "\u0080\u0004pickled");
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> job.input(String.class).block());
        redis.commands().hset(redis.key("job:a"), "data", "x".repeat((1 << 20) + 1));
        assertThatExceptionOfType(JobException.TooLarge.class)
                .isThrownBy(() -> job.input(String.class).block());
        redis.commands().hdel(redis.key("job:a"), "data");
        assertThatExceptionOfType(JobException.Unreadable.class)
                .isThrownBy(() -> job.input(String.class).block());
        redis.commands().set(redis.key("job:text"), "no job");
        assertThatExceptionOfType(JobException.NoSuchJob.class)
                .isThrownBy(() -> jobs.job(JobId.of("text"), String.class)
                        .input(String.class)
                        .block());
    }
}
