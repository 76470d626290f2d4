package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.Execution;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The scripts of rq4j and what it calls them with, for a benchmark that calls them itself. It is in this package so that
 * nothing of what it uses has to be public.
 */
public final class ScriptCalls {

    private static final String WORKER = "benchmark";
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final Keys keys = new Keys("rq");
    private final PayloadCodec codec;
    private final String queue;

    /** Calls for the jobs of this queue. */
    public ScriptCalls(PayloadCodec codec, String queue) {
        this.codec = codec;
        this.queue = queue;
    }

    /** Returns the text of a script, such as {@code claim}, as it is sent. */
    public static String text(String verb) {
        return LuaText.of(verb);
    }

    /** Returns the key that is named in each call. */
    public byte[] key() {
        return Args.bytes(keys.queues());
    }

    /** Returns how many such jobs one call enqueues of many. */
    public int most(JobRequest<?> request) {
        Family one = family(request);
        FullBatch full = new FullBatch();
        int count = 1;
        while (!full.test(one)) {
            count++;
        }
        return count;
    }

    /** Returns what {@code enqueue} is called with. */
    public byte[][] enqueue(List<? extends JobRequest<?>> requests) {
        Args args = Args.of(keys);
        requests.forEach(request -> family(request).addTo(args));
        return args.toArray();
    }

    private Family family(JobRequest<?> request) {
        return Family.of(request, JobStore.idFor(request), queue, codec, Instant.now());
    }

    /** Returns what {@code claim} is called with, once each with a token of its own. */
    public byte[][] claim(String token, int jobs) {
        return new ClaimRequest(WORKER, WORKER, token, jobs, LEASE, List.of(queue))
                .args(keys, codec, 1)
                .toArray();
    }

    /** Reads what {@code claim} answers with. */
    public static List<Execution> claimed(List<Object> answer) {
        return Claims.of(answer).jobs().stream().map(ClaimedJob::execution).toList();
    }

    /** Returns what {@code finish} is called with for runs that all returned this value. */
    public byte[][] finish(List<Execution> executions, byte[] value, Retention kept) {
        Instant now = Instant.now();
        return Finish.args(
                        keys,
                        executions.stream()
                                .map(execution -> Finish.of(new Attempt(execution, WORKER, now, now), value, kept))
                                .toList())
                .toArray();
    }

    /** Reads whether {@code enqueue} or {@code finish} answers that all of them are there, or have finished. */
    public static boolean areDone(List<Object> answers) {
        return answers.stream().allMatch(Answers::isOne);
    }
}
