package dev.rq4j.testing;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Stands between a client and a server, and loses answers when told to. */
public final class TcpProxy implements AutoCloseable {

    private final URI target;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> stalled = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger toSwallow = new AtomicInteger();
    private final AtomicInteger swallowed = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicReference<byte[]> held = new AtomicReference<>();
    private final AtomicReference<byte[]> foreign = new AtomicReference<>();
    private volatile boolean holding;
    private volatile String asking = "";
    private volatile boolean refusing;
    private volatile String about = "";
    private volatile int bytesPerMilli = Integer.MAX_VALUE;

    /** Listens on a free port and passes everything on to the server at this address. */
    public TcpProxy(String target) {
        this.target = URI.create(target);
        try {
            this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    /** Returns the address that clients of Redis connect to. */
    public String uri() {
        return target.getScheme() + "://127.0.0.1:" + door.getLocalPort();
    }

    /** Loses the next so many answers, each with its connection: the server has done what it was asked, and nobody knows. */
    public void swallowAnswers(int count) {
        swallowAnswers(count, "");
    }

    /** Loses the next so many answers that have this text in them: a worker asks for many things at a time. */
    public void swallowAnswers(int count, String text) {
        demandPlainText(!text.isEmpty());
        about = text;
        toSwallow.set(count);
    }

    /** Returns how many answers were lost. */
    public int swallowed() {
        return swallowed.get();
    }

    /** Keeps the next script that a client runs, who sees his connection break; that it is alive it says all the time. */
    public void holdRequest() {
        holdRequest("");
    }

    /** Keeps the next script that has this text in its arguments: a worker asks for many things at a time. */
    public void holdRequest(String text) {
        demandPlainText(true);
        asking = text;
        holding = true;
    }

    /** Returns whether a script is kept that the server has not had yet. */
    public boolean isHolding() {
        return held.get() != null;
    }

    /** Lets the server have what was kept, however late that is, and returns when it has dealt with it. */
    public void deliverHeld() {
        try (Socket late = new Socket(target.getHost(), port())) {
            late.getOutputStream().write(held.getAndSet(null));
            late.shutdownOutput();
            late.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts these bytes before the next answer that has this text in it: all that follow are shifted by one. */
    public void slipIn(String answer, String text) {
        demandPlainText(true);
        about = text;
        foreign.set(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Returns whether what was to be slipped in has not been yet. */
    public boolean isSlipping() {
        return foreign.get() != null;
    }

    /** Hangs up on whoever connects from now on. */
    public void refuse() {
        refusing = true;
    }

    /** Lets in whoever connects from now on. */
    public void admit() {
        refusing = false;
    }

    /** Returns how many connections were refused. */
    public int refused() {
        return refused.get();
    }

    /** Lets nothing pass any more, in either direction and without a word, on the connections there are; new ones work. */
    public void stall() {
        stalled.addAll(open);
    }

    /** Lets no more than so many thousand bytes a second through to clients, on each connection. */
    public void slowTo(int kilobytes) {
        bytesPerMilli = kilobytes;
    }

    /** Returns how many connections were ever made to the server. */
    public int accepted() {
        return accepted.get();
    }

    /** Returns how many connections there are. */
    public int connections() {
        return open.size() / 2;
    }

    /** Breaks all connections that there are; new ones are let in. */
    public void cut() {
        open.forEach(TcpProxy::closeQuietly);
    }

    @Override
    public void close() {
        closeQuietly(door);
        cut();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = door.accept();
            if (refusing) {
                client.close();
                refused.incrementAndGet();
                continue;
            }
            Socket server = new Socket(target.getHost(), port());
            open.add(client);
            open.add(server);
            accepted.incrementAndGet();
            start("up", () -> pump(client, server, false));
            start("down", () -> pump(server, client, true));
        }
    }

    private void pump(Socket from, Socket to, boolean answers) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] chunk = new byte[8192];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (!answers && holding && contains(chunk, count, "EVAL") && contains(chunk, count, asking)) {
                    holding = false;
                    held.set(Arrays.copyOf(chunk, count));
                    return;
                }
                if (answers
                        && contains(chunk, count, about)
                        && toSwallow.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    swallowed.incrementAndGet();
                    return;
                }
                if (answers) {
                    LockSupport.parkNanos(
                            Duration.ofMillis(count / bytesPerMilli).toNanos());
                }
                byte[] first = answers && contains(chunk, count, about) ? foreign.getAndSet(null) : null;
                if (first != null) {
                    out.write(first);
                }
                if (!stalled.contains(from)) {
                    out.write(chunk, 0, count);
                }
            }
        } finally {
            open.remove(from);
            open.remove(to);
            stalled.remove(from);
        }
    }

    /** What is encrypted cannot be told apart: such tests are skipped over TLS. */
    private void demandPlainText(boolean reads) {
        assumeFalse(reads && target.getScheme().equals("rediss"), "skipped: it reads what passes, which TLS hides");
    }

    private int port() {
        return target.getPort() < 0 ? 6379 : target.getPort();
    }

    private static boolean contains(byte[] chunk, int count, String text) {
        return new String(chunk, 0, count, StandardCharsets.ISO_8859_1).contains(text);
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // one side is gone, and so is this thread
                    }
                },
                "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception ignored) {
            // gone already
        }
    }

    private interface Work {
        void run() throws IOException;
    }
}
