package dev.rq4j.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.JobHandle;
import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;
import dev.rq4j.job.Task;
import dev.rq4j.job.Webhook;
import dev.rq4j.redis.RedisEndpoint;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.TcpProxy;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Whatever a job was given, returned or died of, and the passwords, are in no log of ours at any level, in no text that a
 * value shows of itself, and in no message of an error that we make. What a handler's error says is recorded with its job, as
 * Python RQ does it, and is nowhere else.
 */
class CanaryIT {

    private static final String CANARY = "canary7f3a9c";
    private static final String QUEUE = "default";
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final Task<Secret, Secret> RETURN = Task.of("tests.return", Secret.class, Secret.class);
    private static final Task<Secret, Secret> NAMED =
            Task.of("tests.named", Secret.class, Secret.class).namedArguments();
    private static final Task<Secret, Secret> FAIL = Task.of("tests.fail", Secret.class, Secret.class);
    private static final Task<Secret, Secret> BREAK = Task.of("tests.break", Secret.class, Secret.class);
    private static final Task<Secret, Secret> HANG = Task.of("tests.hang", Secret.class, Secret.class);
    private static final Task<Secret, Secret> BLOCK = Task.of("tests.block", Secret.class, Secret.class);
    private static final Task<Secret, Object> UNWRITABLE = Task.of("tests.unwritable", Secret.class, Object.class);
    private static final Task<Secret, String> LARGE = Task.of("tests.large", Secret.class, String.class);
    private static final Task<Secret, Secret> AWAIT = Task.of("tests.await", Secret.class, Secret.class);

    private static EmbeddedRedis server;

    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private Logs logs;
    private Receiver receiver;
    private TcpProxy proxy;
    private JobClient jobs;
    private RawRedis redis;

    /** What a job is given. It shows itself: who prints it has leaked it. */
    record Secret(String token) {}

    /** A result that cannot be read out. */
    @SuppressWarnings("unused") // by Jackson
    static final class Broken {
        public String getToken() {
            throw new IllegalStateException(CANARY);
        }
    }

    @BeforeAll
    static void startServer() {
        server = EmbeddedRedis.start("--requirepass", CANARY);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void listen() {
        logs = new Logs("dev.rq4j", Level.TRACE);
        receiver = new Receiver();
        proxy = new TcpProxy(server.uri());
        String prefix = "canary" + System.nanoTime();
        jobs = connect(proxy.uri().replace("//", "//:" + CANARY + '@'), prefix);
        redis = new RawRedis(server.uri().replace("//", "//:" + CANARY + '@'), prefix);
    }

    @AfterEach
    void nothingWasSaid() {
        jobs.close().block(Eventually.DEADLINE);
        redis.close();
        proxy.close();
        receiver.close();
        logs.close();
        assertThat(logs.all()).as("log").noneMatch(line -> line.contains(CANARY));
        assertThat(said).as("texts and messages").noneMatch(text -> text.contains(CANARY));
    }

    @Test
    void whatEndsWell() {
        Webhook webhook = Webhook.onFinished(receiver.url("ok?" + CANARY)).header("X-Token", CANARY);
        JobRequest<Secret> request = RETURN.request(
                new Secret(CANARY), job -> job.webhook(webhook).group("g").meta(Map.of("token", CANARY)));
        JobHandle<Secret> job = get(jobs.queue(QUEUE).enqueue(request));
        get(jobs.queue(QUEUE).enqueue(NAMED, new Secret(CANARY)));
        Flux<?> events = job.events().doOnNext(event -> say(event)).cache();
        events.subscribe();

        work();

        assertThat(get(job.result())).isEqualTo(new Secret(CANARY));
        assertThat(receiver.calls()).hasSize(1);
        events.blockLast(Eventually.DEADLINE);
        say(
                request,
                request.options(),
                request.options().labels(),
                request.options().relations(),
                webhook,
                job);
        say(WebhookOptions.DEFAULTS.signedWith(CANARY + CANARY), jobs, jobs.queue(QUEUE), get(job.snapshot()));
        say(
                get(job.latestResult()),
                jobs.engine().codec().decodeCall(call(RETURN.name()).getBytes(ISO_8859_1)));
        say(get(jobs.group("g").outcomes(Secret.class).collectList()));
        say(get(jobs.audit().collectList()), get(jobs.memory().collectList()));
    }

    @Test
    void whatFails() {
        Webhook webhook = Webhook.onFailed(receiver.url("silent?" + CANARY))
                .timeout(SHORT)
                .header("X-Token", CANARY);
        List<JobHandle<?>> failing = Stream.of(FAIL, BREAK, UNWRITABLE, LARGE)
                .<JobHandle<?>>map(
                        task -> get(jobs.queue(QUEUE).enqueue(task, new Secret(CANARY), job -> job.group("g"))))
                .toList();
        get(jobs.queue(QUEUE).enqueue(FAIL, new Secret(CANARY), job -> job.webhook(webhook)));
        JobHandle<?> waiting = get(
                jobs.queue(QUEUE).enqueue(AWAIT, new Secret(failing.get(0).id().value())));

        work();

        assertThat(logs.all()).anyMatch(line -> line.contains("failed: java.lang.IllegalStateException"));
        assertThat(trace(failing.get(0))).contains(CANARY);
        assertThat(trace(waiting)).contains(CANARY);
        for (JobHandle<?> job : failing.subList(2, 4)) {
            say(trace(job));
        }
        say(
                get(failing.get(0).latestResult()),
                get(jobs.group("g").outcomes(Secret.class).collectList()));
        say(get(jobs.queue(QUEUE).failed().jobs().collectList()));
        say(get(jobs.engine().failures().page(QUEUE, 0, 10, true, true)));
    }

    @Test
    void whatTakesTooLong() throws InterruptedException {
        JobHandle<?> hanging = get(jobs.queue(QUEUE).enqueue(HANG, new Secret(CANARY), job -> job.timeout(SHORT)));
        JobHandle<?> blocking = get(jobs.queue(QUEUE).enqueue(BLOCK, new Secret(CANARY), job -> job.timeout(SHORT)));

        work();

        interrupted.await();
        say(trace(hanging), trace(blocking));
    }

    @Test
    void whatCannotBeRead() {
        List<String> payloads = List.of(
                "[\"tests.return\", null, [{\"token\": \"" + CANARY + "\"}], {}",
                "[\"tests.return\", null, [\"" + CANARY + "\"], {}]",
                "[\"tests.return\", null, [{\"token\": {\"" + CANARY + "\": 1}}], {}]",
                "[\"tests.return\", null, [], {\"token\": [\"" + CANARY + "\"]}]",
                "[\"tests.return\", {\"" + CANARY + "\": 1}, [], {}]",
                "[\"tests.unknown\", null, [\"" + CANARY + "\"], {\"" + CANARY + "\": 1}]",
                "[\"tests.return\", null, [1, 2, \"" + CANARY + "\"], {}]",
                "{\"" + CANARY + "\": \"" + CANARY + "\"}",
                CANARY,
                "\u0080\u0005" + CANARY + ".",
                "\"" + CANARY.repeat(200_000) + "\"");
        for (int i = 0; i < payloads.size(); i++) {
            put("bad-" + i, Map.of("data", payloads.get(i)));
        }
        put("bad-timeout", Map.of("data", call(RETURN.name()), "timeout", CANARY));
        put("bad-webhooks", Map.of("data", call(FAIL.name()), "webhooks", "[{\"url\": \"" + CANARY + "\"}]"));
        put("bad-policy", Map.of("data", call(FAIL.name()), "retry_only", "[" + CANARY, "retries_left", CANARY));

        work();

        for (int i = 0; i < payloads.size(); i++) {
            hear(jobs.job(JobId.of("bad-" + i), Integer.class).result());
        }
        say(trace(jobs.job(JobId.of("bad-timeout"), String.class)));
        JobHandle<Integer> good = jobs.job(
                get(jobs.queue(QUEUE).enqueue(RETURN, new Secret(CANARY))).id(), Integer.class);
        work();
        hear(good.result());
        hear(good.input(Integer.class));
        put("bad-meta", Map.of("meta", CANARY, "data", CANARY));
        hear(jobs.job(JobId.of("bad-meta"), String.class).meta());
    }

    @Test
    void whatIsRefusedAtTheDoor() {
        JobClient small = JobClient.connect(
                RedisEndpoint.of(server.uri().replace("//", "//:" + CANARY + '@')),
                JobClientOptions.DEFAULTS.withCodec(JacksonCodec.create().withMaxPayloadBytes(100)));
        hear(small.queue(QUEUE).enqueue(RETURN, new Secret(CANARY.repeat(100))));
        small.close().block(Eventually.DEADLINE);
        hear(jobs.queue(QUEUE).enqueue(Task.of("tests.broken", Broken.class, String.class), new Broken()));
        for (String url : List.of(
                "http://h/ " + CANARY, "ftp://h/" + CANARY, "http:///" + CANARY, "http://u:" + CANARY + "@h/")) {
            say(catchThrowable(() -> Webhook.onFailed(url)));
        }
        say(catchThrowable(() -> Webhook.onFailed("http://h").header("X-Token", CANARY + "\n")));
        say(catchThrowable(() -> WebhookOptions.DEFAULTS.signedWith(CANARY)));
    }

    @Test
    void whatIsCutOff() {
        JobHandle<?> job = get(jobs.queue(QUEUE).enqueue(RETURN, new Secret(CANARY)));
        RunningWorker worker = new RunningWorker(worker(jobs).build());
        try (worker) {
            proxy.swallowAnswers(2);
            proxy.cut();
            get(job.result());
            proxy.refuse();
            proxy.cut();
            hear(jobs.queue(QUEUE).enqueue(RETURN, new Secret(CANARY)));
            proxy.admit();
            get(jobs.queue(QUEUE).enqueue(RETURN, new Secret(CANARY)).flatMap(JobHandle::result));
        }
    }

    @Test
    void whoeverHasTheWrongPassword() {
        String wrong = server.uri().replace("//", "//user:" + CANARY + "wrong@");
        say(RedisEndpoint.of(wrong));
        JobClient client = connect(wrong, "canary");
        hear(client.ping());
        hear(client.queue(QUEUE).enqueue(RETURN, new Secret(CANARY)));
        say(get(client.health()));
        hear(worker(client).build().drain());
        client.close().block(Eventually.DEADLINE);
        JobClient nobody = connect("redis://:" + CANARY + "@127.0.0.1:1", "canary");
        hear(nobody.ping());
        nobody.close().block(Eventually.DEADLINE);
        for (String uri : List.of("redis://:" + CANARY + "@[bad", "redis://:" + CANARY + "@h:99999999", CANARY)) {
            say(catchThrowable(() -> JobClient.connect(uri)));
        }
    }

    private void work() {
        worker(jobs).build().drain().block(Duration.ofSeconds(60));
    }

    private WorkerBuilder worker(JobClient client) {
        return Worker.builder(client)
                .queues(QUEUE)
                .keepsRunningOnSignals()
                .webhooks(WebhookOptions.DEFAULTS.signedWith(CANARY + CANARY))
                .intercept(new Teller())
                .handle(RETURN, Mono::just)
                .handle(NAMED, Mono::just)
                .handle(FAIL, secret -> Mono.error(failure()))
                .handle(BREAK, secret -> {
                    throw new StackOverflowError(CANARY);
                })
                .handle(UNWRITABLE, secret -> Mono.just(new Broken()))
                .handle(LARGE, secret -> Mono.just(CANARY.repeat(200_000)))
                .handle(HANG, secret -> Mono.never())
                .handle(
                        AWAIT,
                        secret -> client.job(JobId.of(secret.token()), Secret.class)
                                .result())
                .handleBlocking(BLOCK, this::block);
    }

    private Secret block(Secret secret) {
        try {
            new CountDownLatch(1).await();
            return secret;
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw new IllegalStateException(CANARY, e);
        }
    }

    private static Exception failure() {
        Exception failure = new IllegalStateException(CANARY, new IllegalArgumentException(CANARY));
        failure.addSuppressed(new UncheckedIOException(new java.io.IOException(CANARY)));
        return failure;
    }

    /** Says what it is given, and fails with what it should not have said. */
    private final class Teller implements JobInterceptor {
        @Override
        public <O> Mono<O> intercept(JobContext job, Mono<O> work) {
            say(job);
            return work;
        }

        @Override
        public void ended(JobContext job, RunEnd end) {
            say(job, end);
            throw new IllegalStateException(CANARY);
        }
    }

    private void put(String id, Map<String, String> hash) {
        redis.commands().hset(redis.key("job:" + id), hash);
        redis.commands().hset(redis.key("job:" + id), Map.of("status", "queued", "origin", QUEUE));
        redis.commands().rpush(redis.key("queue:" + QUEUE), id);
    }

    private static String call(String task) {
        return "[\"" + task + "\", null, [{\"token\": \"" + CANARY + "\"}], {}]";
    }

    private static String trace(JobHandle<?> job) {
        Throwable failure = catchThrowable(() -> job.result().block(Eventually.DEADLINE));
        assertThat(failure).isInstanceOf(JobException.JobFailed.class);
        return ((JobException.JobFailed) failure).trace();
    }

    /** Waits for an error, which must come, and repeats what it says. */
    private void hear(Mono<?> mono) {
        Throwable error = catchThrowable(() -> mono.block(Eventually.DEADLINE));
        assertThat(error).isNotNull();
        say(error instanceof JobException.JobFailed failed ? failed.trace() : error);
    }

    private void say(@Nullable Object... texts) {
        for (Object text : texts) {
            said.add(String.valueOf(text));
            for (Throwable cause = text instanceof Throwable error ? error : null;
                    cause != null;
                    cause = cause.getCause()) {
                said.add(cause.toString());
            }
        }
    }

    private static JobClient connect(String uri, String prefix) {
        return JobClient.connect(uri, JobClientOptions.DEFAULTS.withPrefix(prefix));
    }

    private static <T> T get(Mono<T> mono) {
        return Scene.get(mono);
    }
}
