package dev.rq4j.embedded;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds a redis-server to run: the one that was asked for, the bundled one, or one on the PATH. */
final class RedisBinary {

    private static final String BUNDLED = "redis-server-7.0.15-";

    private RedisBinary() {}

    static Path find() {
        return explicit()
                .or(RedisBinary::bundled)
                .or(RedisBinary::onPath)
                .orElseThrow(() -> new IllegalStateException("no redis-server for " + platform()
                        + " here: install one, or name its path in RQ4J_REDIS_SERVER"));
    }

    /** A server that is linked to OpenSSL knows the option and asks for a certificate; another does not know it. */
    static boolean speaksTls() {
        try {
            Process asked = new ProcessBuilder(find().toString(), "--port", "0", "--tls-port", "1")
                    .redirectErrorStream(true)
                    .start();
            asked.getOutputStream().close();
            String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.contains("tls-cert-file");
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Path> explicit() {
        String property = System.getProperty("rq4j.redis-server");
        return Optional.ofNullable(property != null ? property : System.getenv("RQ4J_REDIS_SERVER"))
                .map(Path::of);
    }

    private static Optional<Path> bundled() {
        try (InputStream resource = RedisBinary.class.getResourceAsStream("/" + BUNDLED + platform())) {
            return resource == null ? Optional.empty() : Optional.of(cached(resource.readAllBytes()));
        } catch (IOException e) {
            return Optional.empty(); // nowhere to put it: one on the PATH will do
        }
    }

    /** The name holds the digest and the file appears in one step, so that many JVMs can share it. */
    private static Path cached(byte[] content) throws IOException {
        Path directory = cacheDirectory();
        Path binary = directory.resolve(BUNDLED + sha256(content));
        if (!Files.isExecutable(binary) || Files.size(binary) != content.length) {
            Files.createDirectories(directory);
            Path part = Files.createTempFile(directory, BUNDLED, ".part");
            Files.write(part, content);
            if (!part.toFile().setExecutable(true) || !Files.isExecutable(part)) {
                Files.delete(part);
                throw new IOException("nothing may be executed in " + directory);
            }
            Files.move(part, binary, StandardCopyOption.ATOMIC_MOVE);
        }
        return binary;
    }

    private static Path cacheDirectory() {
        Path caches = Path.of(System.getenv().getOrDefault("XDG_CACHE_HOME", ""));
        Path home = Path.of(System.getProperty("user.home"));
        if (caches.isAbsolute()) {
            return caches.resolve("rq4j");
        }
        // a user without a home, as in some containers, has "?"
        return home.isAbsolute()
                ? home.resolve(".cache/rq4j")
                : Path.of(System.getProperty("java.io.tmpdir"), "rq4j-" + System.getProperty("user.name"));
    }

    private static Optional<Path> onPath() {
        String[] directories = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
        return Stream.of("redis-server", "valkey-server")
                .flatMap(name -> Arrays.stream(directories).map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        return (os.startsWith("mac") ? "darwin" : os) + "-"
                + switch (arch) {
                    case "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    case "i386", "x86" -> "386";
                    default -> arch;
                };
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
