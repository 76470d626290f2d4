package dev.rq4j.testing;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a namespace of its own on a real Redis, so that tests run side by side and nobody flushes: a
 * {@link JobClient} and a {@link RawRedis} as parameters of the test or of its {@code @BeforeEach}. The Redis is the one
 * that {@code REDIS_URL} names, otherwise one that this JVM starts once and that ends with it; with
 * {@code -Drq4j.test.acl=true} clients have no more rights there than the shipped ACL file gives, with
 * {@code -Drq4j.test.tls=true} it speaks TLS and nothing else.
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

    /** Returns another client for a namespace; the caller closes it. */
    public static JobClient connect(String prefix) {
        return JobClient.connect(uri(), JobClientOptions.DEFAULTS.withPrefix(prefix));
    }

    /** Closes a client and waits until that is done. */
    public static void close(JobClient client) {
        client.close().block(CLOSING);
    }

    private static final class Shared {
        /** The server ends with the JVM by itself. */
        static final String URI =
                System.getenv("REDIS_URL") == null ? SharedServer.start().uri() : System.getenv("REDIS_URL");
    }

    private static final class Resources implements AutoCloseable {
        private final RawRedis raw = new RawRedis(uri(), "t" + UUID.randomUUID());
        private final JobClient client = connect(raw.prefix());

        @Override
        public void close() {
            RedisExtension.close(client);
            raw.close();
        }
    }
}
