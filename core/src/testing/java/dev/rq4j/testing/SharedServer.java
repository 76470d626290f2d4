package dev.rq4j.testing;

import dev.rq4j.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Redis of all tests of one JVM, as strict as the build asks for. */
final class SharedServer {

    private static final boolean ACL = Boolean.getBoolean("rq4j.test.acl");
    private static final boolean TLS = Boolean.getBoolean("rq4j.test.tls");
    private static final String ADMIN = "admin:admin";

    private SharedServer() {}

    static EmbeddedRedis start() {
        List<String> arguments = new ArrayList<>();
        try {
            Path directory = Files.createTempDirectory("rq4j-shared-");
            if (ACL) {
                arguments.addAll(List.of("--aclfile", aclFile(directory).toString()));
            }
            return TLS ? startTls(directory, arguments) : EmbeddedRedis.start(arguments.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the address for those who may do everything: what tests look at and break. */
    static String asAdmin(String uri) {
        return ACL && uri.startsWith(RedisExtension.uri()) ? uri.replace("//", "//" + ADMIN + '@') : uri;
    }

    /**
     * Whoever names no user has the rights of the file, for any prefix, as each test has its own; that a prefix keeps others
     * out is LeastRightsIT's. Only TestWorker, which is for tests and lets hours pass, needs two commands more.
     */
    private static Path aclFile(Path directory) throws IOException {
        String library = LeastRights.shipped()
                .strip()
                .replaceFirst("user \\S+ on resetpass", "user default on nopass")
                .replace("~rq:*", "~*")
                .replace("&rq:*", "&*");
        return Files.writeString(
                directory.resolve("users.acl"), library + " +keys +lset\nuser admin on >admin ~* &* +@all\n");
    }

    private static EmbeddedRedis startTls(Path directory, List<String> arguments) {
        Certificates certificates = new Certificates(directory).sign("server", "ip:127.0.0.1,dns:localhost");
        // Clients that are told nothing trust what the JVM trusts.
        System.setProperty("javax.net.ssl.trustStore", certificates.store().toString());
        System.setProperty("javax.net.ssl.trustStorePassword", Certificates.PASSWORD);
        arguments.addAll(
                List.of("--tls-cert-file", certificates.certificate("server").toString()));
        arguments.addAll(List.of("--tls-key-file", certificates.key("server").toString()));
        arguments.addAll(List.of(
                "--tls-ca-cert-file", certificates.certificate("authority").toString()));
        arguments.addAll(List.of("--tls-auth-clients", "no"));
        return EmbeddedRedis.startTls(arguments.toArray(String[]::new));
    }
}
