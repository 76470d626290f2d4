package dev.rq4j.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A server that receives webhooks, remembers them, and answers as the path says. */
final class Receiver implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger away = new AtomicInteger();
    private final AtomicLong written = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch hungUp = new CountDownLatch(1);

    /** What came; the names of headers are in lower case. */
    record Call(String method, String path, Map<String, List<String>> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, List.of("")).get(0);
        }
    }

    Receiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::receive);
        server.start();
    }

    /** Returns the URL of a path: ok, redirect, silent, endless, drip. */
    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + path;
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Answers the next so many calls with 503. */
    void awayFor(int calls) {
        away.set(calls);
    }

    /** Returns how many bytes of the endless answer were taken. */
    long written() {
        return written.get();
    }

    /** Waits until the other side has had enough of an endless answer. */
    void awaitHangUp() throws InterruptedException {
        hungUp.await();
    }

    private void receive(HttpExchange exchange) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(exchange.getRequestHeaders());
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        String path = exchange.getRequestURI().getPath().substring(1);
        calls.add(new Call(exchange.getRequestMethod(), path, headers, body));
        switch (path) {
            case "redirect" -> {
                exchange.getResponseHeaders().set("Location", url("ok"));
                answer(exchange, 302);
            }
            case "silent" -> pause(Duration.ofMinutes(1));
            case "endless" -> goOnAndOn(exchange, 8192);
            case "drip" -> goOnAndOn(exchange, 1);
            default -> answer(exchange, away.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? 503 : 200);
        }
    }

    private void pause(Duration duration) {
        try {
            closed.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void goOnAndOn(HttpExchange exchange, int bytes) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] chunk = new byte[bytes];
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                out.write(chunk);
                out.flush();
                written.addAndGet(chunk.length);
                if (bytes == 1) {
                    pause(Duration.ofMillis(10));
                }
            }
        } catch (IOException over) {
            hungUp.countDown();
        }
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        byte[] thanks = "thanks".getBytes(UTF_8);
        exchange.sendResponseHeaders(status, thanks.length);
        exchange.getResponseBody().write(thanks);
        exchange.close();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
