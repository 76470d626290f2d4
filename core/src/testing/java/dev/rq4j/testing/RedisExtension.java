package dev.rq4j.testing;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.embedded.EmbeddedRedis;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a namespace of its own on a real Redis, so that tests run side by side and nobody flushes: a
 * {@link JobClient} and a {@link RawRedis} as parameters of the test or of its {@code @BeforeEach}. The Redis is the one
 * that {@code REDIS_URL} names, otherwise one that this JVM starts once and that ends with it. With
 * {@code -Drq4j.test.acl=true} clients have only the rights that the shipped ACL file gives, and {@link RawRedis} all.
 */
public final class RedisExtension implements ParameterResolver {

    private static final Namespace RESOURCES = Namespace.create(RedisExtension.class);
    private static final Duration CLOSING = Duration.ofSeconds(20);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return context.getTestMethod().isPresent() && (type == JobClient.class || type == RawRedis.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Resources resources = context.getStore(RESOURCES)
                .getOrComputeIfAbsent(Resources.class, type -> new Resources(), Resources.class);
        return parameter.getParameter().getType() == RawRedis.class ? resources.raw : resources.client;
    }

    /** Returns the address of the Redis that tests share. */
    public static String uri() {
        return Shared.URI;
    }

    /** Returns the address of the same Redis for who may do everything there. */
    public static String adminUri() {
        return Shared.ADMIN_URI;
    }

    /** Returns another client for a namespace; the caller closes it. */
    public static JobClient connect(String prefix) {
        return JobClient.connect(uri(), JobClientOptions.DEFAULTS.withPrefix(prefix));
    }

    /** Closes a client and waits until that is done. */
    public static void close(JobClient client) {
        client.close().block(CLOSING);
    }

    private static final class Shared {
        private static final boolean LEAST_RIGHTS = Boolean.getBoolean("rq4j.test.acl");
        /** Of the namespaces of tests; time is moved in them, which is no business of a real user. */
        private static final String PATTERN = "t????????-????-*";

        private static final String SERVER = server();
        static final String URI = LEAST_RIGHTS ? LeastRights.as("rq4j", SERVER) : SERVER;
        static final String ADMIN_URI = LEAST_RIGHTS ? LeastRights.as("admin", SERVER) : SERVER;

        /** The server ends with the JVM by itself. */
        private static String server() {
            if (LEAST_RIGHTS) {
                String file = LeastRights.writeFor(PATTERN, "+keys +lset").toString();
                return EmbeddedRedis.start("--aclfile", file).uri();
            }
            String given = System.getenv("REDIS_URL");
            return given == null ? EmbeddedRedis.start().uri() : given;
        }
    }

    private static final class Resources implements AutoCloseable {
        private final RawRedis raw = new RawRedis(adminUri(), "t" + UUID.randomUUID());
        private final JobClient client = connect(raw.prefix());

        @Override
        public void close() {
            RedisExtension.close(client);
            raw.close();
        }
    }
}
