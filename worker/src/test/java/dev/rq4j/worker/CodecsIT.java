package dev.rq4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.JobHandle;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.RawCodec;
import dev.rq4j.job.JobException;
import dev.rq4j.job.Task;
import dev.rq4j.job.TypeRef;
import dev.rq4j.testing.RedisExtension;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Formats other than JSON, our own and one that a user brings. */
class CodecsIT extends Scene {

    private JobClient client;

    @AfterEach
    void close() {
        RedisExtension.close(client);
    }

    @Test
    void bytesGoInAndComeOutAsTheyAre() {
        Task<byte[], byte[]> reverse = Task.of("bytes.reverse", byte[].class, byte[].class);
        use(RawCodec.create());
        byte[] input = {0x78, (byte) 0x9c, 0, -1, '\n', 0x7f};
        JobHandle<byte[]> job = get(client.queue(QUEUE).enqueue(reverse, input));

        drain(worker(client).handle(reverse, bytes -> Mono.just(reversed(bytes))));

        assertThat(get(job.result())).isEqualTo(reversed(input));
        assertThat(get(job.snapshot()).task()).isEqualTo("bytes.reverse");
    }

    @Test
    void aHandlerOfATypeThatTheCodecDoesNotKnowFailsItsJobs() {
        use(RawCodec.create());
        JobHandle<String> job = get(client.queue(QUEUE).enqueue(Task.of("t", String.class, String.class), "x"));

        drain(worker(client).handle(Task.of("t", Integer.class, String.class), number -> Mono.just("" + number)));

        assertThat(trace(job)).contains("the input can be read as byte[] or String by this codec");
    }

    @Test
    void aCodecOfTheUsersOwnPlugsIn() {
        TypeRef<Map<String, String>> map = new TypeRef<>() {};
        Task<Map<String, String>, Map<String, String>> greet = Task.of("people.greet", map, map);
        use(new PropertiesCodec());
        JobHandle<Map<String, String>> job =
                get(client.queue(QUEUE).enqueue(greet, Map.of("name", "Ада\nLovelace", "=", "#")));

        drain(worker(client).handle(greet, person -> Mono.just(Map.of("greeting", "Hello " + person.get("name")))));

        assertThat(get(job.result())).containsExactly(Map.entry("greeting", "Hello Ада\nLovelace"));
        assertThat(redis.payload(job.id())).contains("task=people.greet");
    }

    private void use(PayloadCodec codec) {
        client = JobClient.connect(
                RedisExtension.uri(),
                JobClientOptions.DEFAULTS.withPrefix(redis.prefix()).withCodec(codec));
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    /** Maps of text as Java's properties files have them; the task is one more entry. */
    private static final class PropertiesCodec implements PayloadCodec {

        @Override
        public byte[] encodeCall(String task, Object input, boolean named) {
            Properties call = properties(input);
            call.setProperty("task", task);
            return write(call);
        }

        @Override
        public Call decodeCall(byte[] data) {
            Properties call = read(data);
            Object task = call.remove("task");
            if (task == null) {
                throw new JobException.Unreadable("the payload must have an entry \"task\", but has none");
            }
            return new PropertiesCall(task.toString(), call);
        }

        @Override
        public byte[] encodeValue(Object value) {
            return write(properties(value));
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T decodeValue(byte[] bytes, Type type) {
            return (T) map(read(bytes));
        }

        private static Properties properties(Object value) {
            if (!(value instanceof Map<?, ?> map)) {
                throw new JobException.Unwritable("properties are made of a map, but " + value.getClass(), null);
            }
            Properties properties = new Properties();
            properties.putAll(map);
            return properties;
        }

        private static Map<String, String> map(Properties properties) {
            return properties.stringPropertyNames().stream()
                    .collect(Collectors.toMap(name -> name, properties::getProperty));
        }

        private static byte[] write(Properties properties) {
            StringWriter text = new StringWriter();
            try {
                properties.store(text, null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }

        private static Properties read(byte[] data) {
            Properties properties = new Properties();
            try {
                properties.load(new StringReader(new String(data, StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return properties;
        }

        private record PropertiesCall(String task, Properties entries) implements Call {
            @Override
            @SuppressWarnings("unchecked")
            public <T> T input(Type type) {
                return (T) map(entries);
            }
        }
    }
}
