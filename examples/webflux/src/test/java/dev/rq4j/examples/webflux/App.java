package dev.rq4j.examples.webflux;

import dev.rq4j.JobClient;
import dev.rq4j.JobHandle;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.job.JobId;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** The application on a free port, with reports written by {@link HeldWriter}. */
final class App implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    static {
        // Applications that start at the same time must not set up logging at the same time: logback-test.xml does.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    }

    private final ConfigurableApplicationContext context;
    private final HeldWriter writer;
    private final int port;

    private App(ConfigurableApplicationContext context, HeldWriter writer) {
        this.context = context;
        this.writer = writer;
        this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** Starts it with a Redis that it starts itself. */
    static App start(String... arguments) {
        HeldWriter writer = new HeldWriter();
        SpringApplication application = new SpringApplication(WebfluxApplication.class);
        application.addInitializers(context -> register((GenericApplicationContext) context, writer));
        List<String> all = new ArrayList<>(List.of("--server.port=0"));
        all.addAll(List.of(arguments));
        return new App(application.run(all.toArray(String[]::new)), writer);
    }

    static App start(EmbeddedRedis redis, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--rq4j.redis=" + redis.uri());
        return start(all.toArray(String[]::new));
    }

    /** With Netty's threads for each application: whichever closed first would end those that they share by default. */
    private static void register(GenericApplicationContext context, HeldWriter writer) {
        context.registerBean("heldWriter", ReportWriter.class, () -> writer, bean -> bean.setPrimary(true));
        context.registerBean(ReactorResourceFactory.class, () -> {
            ReactorResourceFactory resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            return resources;
        });
    }

    HeldWriter writer() {
        return writer;
    }

    int port() {
        return port;
    }

    WebTestClient http() {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(DEADLINE)
                .build();
    }

    WebTestClient.ResponseSpec order(String id, String title, int pages) {
        return http().post()
                .uri("/reports?id={id}", id)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(new ReportOrder(title, pages))
                .exchange();
    }

    WebTestClient.ResponseSpec get(String path, Object... variables) {
        return http().get().uri(path, variables).exchange();
    }

    /** Waits for a report over HTTP, on a connection of its own. */
    CompletableFuture<ResponseEntity<Report>> await(String id) {
        return WebClient.create("http://127.0.0.1:" + port)
                .get()
                .uri("/reports/{id}/result?timeout=30s", id)
                .retrieve()
                .toEntity(Report.class)
                .toFuture();
    }

    JobHandle<Report> job(String id) {
        return context.getBean(JobClient.class).job(JobId.of(id), Report.class);
    }

    /** Returns once the application does, or does not any more, hold a channel for those who wait for the report. */
    void awaitListening(String id, boolean listening) {
        String given = context.getBean(Rq4jProperties.class).redis();
        String uri = given == null ? context.getBean(EmbeddedRedis.class).uri() : given;
        try (RedisClient client = RedisClient.create(uri);
                StatefulRedisConnection<String, String> redis = client.connect()) {
            until(() -> redis.sync().pubsubChannels("rq:outcome:" + id).isEmpty() != listening);
        }
    }

    boolean refusesConnections() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            return false;
        } catch (IOException refused) {
            return true;
        }
    }

    static void until(Callable<Boolean> condition) {
        Mono.fromCallable(condition)
                .filter(met -> met)
                .repeatWhenEmpty(Integer.MAX_VALUE, looks -> looks.delayElements(Duration.ofMillis(20)))
                .block(DEADLINE);
    }

    @Override
    public void close() {
        context.close();
    }
}
