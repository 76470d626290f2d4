package dev.rq4j.examples.chaos;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.rq4j.job.JobOptions;
import dev.rq4j.job.RateLimit;
import dev.rq4j.job.Retention;
import dev.rq4j.job.RetryPolicy;
import dev.rq4j.job.Unique;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What jobs there are, how many of a thousand, and how they may end. The name of its kind begins each job's id. */
enum Kind {
    PLAIN(720, End.FINISHED),
    /** Takes some milliseconds. */
    BRIEF(90, End.FINISHED),
    /** Takes so long that a fault finds it at work. */
    SLOW(50, End.FINISHED),
    /** Fails at first. */
    RETRIED(30, End.FINISHED),
    FAILING(20, End.FAILED),
    /** Of which nothing is to be kept. */
    UNKEPT(30, End.GONE),
    DELAYED(15, End.FINISHED),
    /** May be over before it starts. */
    EXPIRING(5, End.FINISHED, End.GONE),
    CANCELED(10, End.FINISHED, End.CANCELED),
    /** Waits for the job that was made before it. */
    CHILD(10, End.FINISHED),
    /** Only so many of these at a time. */
    LIMITED(7, End.FINISHED),
    /** Only so many of these in a second. */
    PACED(3, End.FINISHED),
    /** One of a few keys, each of which one job has at a time; who comes too many is refused. */
    UNIQUE(10, End.FINISHED);

    static final int RETRIES = 2;
    private static final RateLimit AT_A_TIME = RateLimit.concurrency("chaos", 4);
    private static final RateLimit IN_A_SECOND = RateLimit.rate("chaos", 50, ofSeconds(1));

    private final int share;
    private final End end;
    private final End otherEnd;

    Kind(int share, End end) {
        this(share, end, end);
    }

    Kind(int share, End end, End otherEnd) {
        this.share = share;
        this.end = end;
        this.otherEnd = otherEnd;
    }

    /** Draws one. */
    static Kind draw(RandomGenerator random) {
        int drawn = random.nextInt(1000);
        for (Kind kind : values()) {
            drawn -= kind.share;
            if (drawn < 0) {
                return kind;
            }
        }
        return PLAIN;
    }

    /** Returns the kind of the job with this id. */
    static Kind of(String id) {
        return valueOf(id.substring(0, id.indexOf('-')).toUpperCase(Locale.ROOT));
    }

    String id(long number) {
        return name().toLowerCase(Locale.ROOT) + '-' + number;
    }

    /** Returns for how many milliseconds its handler works. */
    int millis(RandomGenerator random) {
        return switch (this) {
            case BRIEF -> random.nextInt(1, 20);
            case SLOW -> random.nextInt(200, 800);
            case CANCELED -> random.nextInt(0, 100);
            case LIMITED, UNIQUE -> 5;
            default -> 0;
        };
    }

    boolean mayEnd(End ended) {
        return ended == end || ended == otherEnd;
    }

    /** Returns how often its handler is started when all goes well, at most. */
    int starts() {
        return this == RETRIED ? RETRIES + 1 : 1;
    }

    /** Returns what to ask for; what is kept is kept as short as the books allow, so that what leaks is seen at the end. */
    Consumer<JobOptions.Builder> options(String id, int kept) {
        return job -> {
            job.id(id).timeout(ofSeconds(60)).resultTtl(ofSeconds(kept)).failureTtl(ofSeconds(kept));
            switch (this) {
                case RETRIED -> job.retry(RetryPolicy.times(RETRIES).intervals(ofMillis(50)));
                case UNKEPT -> job.resultTtl(Retention.none());
                case DELAYED -> job.delay(ofMillis(200));
                case EXPIRING -> job.ttl(ofMillis(500));
                case LIMITED -> job.limit(AT_A_TIME);
                case PACED -> job.limit(IN_A_SECOND);
                case UNIQUE -> job.unique(Unique.untilEnded("chaos-" + id.charAt(id.length() - 1)));
                default -> {}
            }
        };
    }
}
