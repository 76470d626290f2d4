package dev.rq4j.examples.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** The only way from the others to Redis, which can be made bad. */
final class Link implements AutoCloseable {

    private static final int CHUNK = 16_384;

    private final int target;
    private final ServerSocket door;
    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private final AtomicInteger toSwallow = new AtomicInteger();
    private final AtomicReference<byte[]> late = new AtomicReference<>();
    private final ReadWriteLock answers = new ReentrantReadWriteLock();
    private volatile boolean silent;
    private volatile boolean withReset;
    private volatile boolean keepsNext;
    private volatile Duration delay = Duration.ZERO;
    private volatile int slice = CHUNK;

    /** Listens on a free port, and leads to this one. */
    Link(int target) throws IOException {
        this.target = target;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    /** Returns the address that clients of Redis connect to. */
    String uri() {
        return "redis://127.0.0.1:" + door.getLocalPort();
    }

    /** Loses the next so many answers, each with its connection, which ends in order or is reset. */
    void swallow(int count, boolean reset) {
        withReset = reset;
        toSwallow.set(count);
    }

    /** Lets each piece that passes wait for so long. */
    void delay(Duration time) {
        delay = time;
    }

    /** Lets nothing pass in larger pieces than this. */
    void slice(int bytes) {
        slice = bytes;
    }

    /** Lets everything pass as it comes. */
    void heal() {
        delay = Duration.ZERO;
        slice = CHUNK;
        toSwallow.set(0);
        keepsNext = false;
        silent = false;
    }

    /** Lets nothing pass any more on the connections there are, which stay open; new ones work. */
    void stall() {
        lines.forEach(line -> line.stalled = true);
    }

    /** Ends the way there on all connections there are, and leaves the way back. */
    void halfClose() {
        lines.forEach(Line::endWayThere);
    }

    /** Ends all connections. */
    void cut() {
        lines.forEach(Line::close);
    }

    /** Keeps the next request back and ends its connection; {@link #deliverLate()} sends it on. */
    void keepNext() {
        keepsNext = true;
    }

    /** Sends on what was kept back, when whoever sent it has long sent it again. */
    void deliverLate() throws IOException {
        byte[] kept = late.getAndSet(null);
        if (kept != null) {
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                server.getOutputStream().write(kept);
                server.shutdownOutput();
                server.getInputStream().readAllBytes();
            }
        }
    }

    /** Returns when no answer passes any more, on any connection: from here on nobody learns of what Redis does. */
    void silence() {
        answers.writeLock().lock();
        try {
            silent = true;
        } finally {
            answers.writeLock().unlock();
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = door.accept();
            start("connect", () -> connect(client));
        }
    }

    private void connect(Socket client) throws IOException {
        try {
            Line line = new Line(client, new Socket(InetAddress.getLoopbackAddress(), target));
            lines.add(line);
            start("there", line::there);
            start("back", line::back);
        } catch (IOException away) {
            client.close();
        }
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
                "link-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException;
    }

    /** One connection: the client's half and the server's. */
    private final class Line {

        private final Socket client;
        private final Socket server;
        private volatile boolean stalled;

        Line(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void there() throws IOException {
            pump(client, (chunk, count) -> {
                // A request has to be whole: on another connection the rest of it would be nonsense.
                if (keepsNext && Requests.areWhole(chunk, count)) {
                    keepsNext = false;
                    late.set(Arrays.copyOf(chunk, count));
                    return false;
                }
                pass(server.getOutputStream(), chunk, count);
                return true;
            });
        }

        void back() throws IOException {
            pump(server, (chunk, count) -> {
                if (toSwallow.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    if (withReset) {
                        client.setSoLinger(true, 0);
                    }
                    return false;
                }
                answers.readLock().lock();
                try {
                    if (!silent) {
                        pass(client.getOutputStream(), chunk, count);
                    }
                } finally {
                    answers.readLock().unlock();
                }
                return true;
            });
        }

        private void pump(Socket from, Piece piece) throws IOException {
            try {
                InputStream in = from.getInputStream();
                byte[] chunk = new byte[CHUNK];
                for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                    if (!stalled && !piece.pass(chunk, count)) {
                        return;
                    }
                }
            } finally {
                close();
            }
        }

        private void pass(OutputStream out, byte[] chunk, int count) throws IOException {
            if (!delay.isZero()) {
                LockSupport.parkNanos(delay.toNanos());
            }
            for (int sent = 0; sent < count; ) {
                int size = Math.min(slice, count - sent);
                out.write(chunk, sent, size);
                sent += size;
            }
        }

        void endWayThere() {
            try {
                server.shutdownOutput();
            } catch (IOException gone) {
                close();
            }
        }

        void close() {
            lines.remove(this);
            closeQuietly(client);
            closeQuietly(server);
        }

        private static void closeQuietly(Socket socket) {
            try {
                socket.close();
            } catch (IOException gone) {
                // that is what was wanted
            }
        }
    }

    private interface Piece {
        boolean pass(byte[] chunk, int count) throws IOException;
    }
}
