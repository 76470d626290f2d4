package dev.rq4j.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.JobHandle;
import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobResult;
import dev.rq4j.job.Task;
import dev.rq4j.testing.RawRedis;
import io.lettuce.core.ScriptOutputType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.zip.DeflaterOutputStream;
import reactor.core.publisher.Mono;

/** A JVM that has room for what is at the limit, and none for what is far beyond it. Prints what came of each way in. */
final class SmallHeap {

    private static final int LOOKS = 100;
    private static final long LITTLE = 512 * 1024;
    /** The limit of payloads and results. */
    static final int LIMIT = 10_000_000;

    static final int HEAP_MB = 80;
    /** Fits neither into that heap nor beside it. */
    static final int HUGE = 100_000_000;

    private static final int DIRECT_MB = 64;
    private static final Task<String, Integer> SIZE = Task.of("tests.size", String.class, Integer.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JobId ID = JobId.of("job");

    private final JobClient jobs;
    private final RawRedis redis;

    private SmallHeap(String uri, String prefix) {
        JacksonCodec codec = JacksonCodec.create().withMaxPayloadBytes(LIMIT).withMaxResultBytes(LIMIT);
        this.jobs = JobClient.connect(
                uri, JobClientOptions.DEFAULTS.withPrefix(prefix).withCodec(codec));
        this.redis = new RawRedis(uri, prefix);
    }

    /** Runs all of it, and returns what was printed. */
    static List<String> run(String uri, String prefix) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx" + HEAP_MB + "m",
                "-XX:MaxDirectMemorySize=" + DIRECT_MB + "m",
                "-Dio.netty.maxDirectMemory=" + (DIRECT_MB << 20),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                SmallHeap.class.getName(),
                uri,
                prefix);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            List<String> lines = process.inputReader().lines().toList();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public static void main(String[] args) {
        new SmallHeap(args[0], args[1]).run();
        Runtime.getRuntime().halt(0);
    }

    private void run() {
        warmUp();
        claim("claim at the limit", LIMIT);
        claim("claim one byte over", LIMIT + 1);
        claim("claim far over", HUGE);
        claimOfBomb();
        read("fetch", "data", jobs.job(ID, String.class).snapshot().map(job -> job.task() == null));
        read(
                "fetch of another field",
                "description",
                jobs.job(ID, String.class).snapshot().map(job -> job.description() == null));
        read("input", "data", jobs.job(ID, String.class).input(String.class));
        inputOfParent();
        read("meta", "meta", jobs.job(ID, String.class).meta());
        history("result", jobs.job(ID, String.class).result());
        history(
                "history",
                jobs.job(ID, String.class).results().map(SmallHeap::value).next());
        read("result of an old RQ", "result", finished().result());
        System.out.println("done");
    }

    private void warmUp() {
        jobs.queue(Scene.QUEUE).enqueue(SIZE, "x").block(PATIENCE);
        work();
    }

    /** Runs a job whose payload has exactly this size, and another. */
    private void claim(String what, int size) {
        int frame = "[\"tests.size\", null, [\"\"], {}]".length();
        make(
                "redis.call('HSET', KEYS[1], 'data', '[\"tests.size\", null, [\"' .. string.rep('x', tonumber(ARGV[1])) ..'\"], {}]')",
                size - frame);
        measured(what, this::ran);
    }

    /** A hundred megabytes of zeros, a thousand to one. */
    private void claimOfBomb() {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (DeflaterOutputStream zeros = new DeflaterOutputStream(bomb)) {
            for (int written = 0; written < HUGE; written += 10_000) {
                zeros.write(new byte[10_000]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        redis.commands().hset(redis.key("job:" + ID), "data", bomb.toString(ISO_8859_1));
        measured("claim of a bomb", this::ran);
    }

    private Object ran() {
        redis.commands().hset(redis.key("job:" + ID), Map.of("status", "queued", "origin", Scene.QUEUE));
        redis.commands().rpush(redis.key("queue:" + Scene.QUEUE), ID.value());
        work();
        return jobs.job(ID, Integer.class).result().block(PATIENCE);
    }

    private void work() {
        Worker.builder(jobs)
                .queues(Scene.QUEUE)
                .handle(SIZE, text -> Mono.just(text.length()))
                .build()
                .drain()
                .block(PATIENCE);
    }

    private void read(String what, String field, Mono<?> read) {
        make("redis.call('HSET', KEYS[1], '" + field + "', string.rep('x', tonumber(ARGV[1])))", HUGE);
        measured(what, () -> read.block(PATIENCE));
    }

    private void inputOfParent() {
        redis.commands()
                .hset(redis.key("job:" + ID), Map.of("input_from", "parent", "data", "[\"tests.size\", null, [], {}]"));
        make("redis.call('HSET', KEYS[1], 'input', string.rep('x', tonumber(ARGV[1])))", HUGE, false);
        measured(
                "input that is a result",
                () -> jobs.job(ID, String.class).input(String.class).block(PATIENCE));
        measured("claim of an input that is a result", this::ran);
    }

    private void history(String what, Mono<?> read) {
        finished();
        make(
                "redis.call('HSET', KEYS[1], 'status', 'finished') redis.call('XADD', KEYS[2], '*', 'type', '1', 'return_value',"
                        + " string.rep('x', tonumber(ARGV[1])))",
                HUGE);
        measured(what, () -> read.block(PATIENCE));
    }

    private static Object value(JobResult result) {
        return String.valueOf(result.value(String.class));
    }

    private JobHandle<String> finished() {
        redis.commands().hset(redis.key("job:" + ID), "status", "finished");
        return jobs.job(ID, String.class);
    }

    private void make(String script, int size) {
        make(script, size, true);
    }

    private void make(String script, int size, boolean anew) {
        String[] keys = {redis.key("job:" + ID), redis.key("results:" + ID)};
        if (anew) {
            redis.commands().del(keys);
            redis.commands().hset(keys[0], "status", "finished");
        }
        redis.commands().eval(script + " return 1", ScriptOutputType.INTEGER, keys, Integer.toString(size));
    }

    private static void measured(String what, Supplier<Object> work) {
        long before = used();
        String came;
        try {
            came = String.valueOf(work.get());
        } catch (JobException refused) {
            String reason = refused instanceof JobException.JobFailed failed ? failed.reason() : refused.toString();
            came = reason.substring(0, Math.min(200, reason.length()));
        } catch (Throwable broken) {
            came = "BROKEN " + broken;
        }
        long kept = used() - before;
        // Whoever told us may still be on his way out.
        for (int i = 0; i < LOOKS && kept > LITTLE; i++) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            kept = used() - before;
        }
        System.out.println(what + " | " + kept / 1024 + " KB kept | " + came);
        System.out.flush();
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getUsage().getUsed())
                .sum();
    }
}
