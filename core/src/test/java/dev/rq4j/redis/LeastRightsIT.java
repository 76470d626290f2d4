package dev.rq4j.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.testing.LeastRights;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ObjectOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped ACL file gives what the library calls, and nothing else. */
class LeastRightsIT {

    private static final Path SCRIPTS = Path.of("src/main/resources/dev/rq4j/redis");
    private static final Path JAVA = Path.of("src/main/java/dev/rq4j/redis");
    private static final Pattern CALL = Pattern.compile("redis\\.p?call\\(([^,)]*)|meet\\(('[A-Z]+')");
    private static final Pattern NAME = Pattern.compile("'([A-Z]+)'");
    private static final Pattern JAVA_CALL = Pattern.compile(
            "(?:\\bcommands|\\bredis|\\breactive\\(\\))\\s*\\.(?:<T>)?([a-zA-Z]+)\\(|CommandType\\.([A-Z]+)");
    /** Methods of ours that are called on what bears the same name as the driver's commands. */
    private static final Set<String> OF_REDIS = Set.of(
            "keys",
            "number",
            "list",
            "once",
            "ondriver",
            "emitted",
            "read",
            "readall",
            "send",
            "forleases",
            "dispatch");

    /** What is done without where it is forbidden: then it is unknown what the server is set to. */
    private static final Set<String> SPARED = Set.of("configget");

    /** Lettuce sends these by itself for what the URI asks for. */
    private static final Set<String> OF_THE_DRIVER = Set.of("client|setname", "select");

    private static EmbeddedRedis server;
    private static RedisClient client;
    private static RedisCommands<String, String> commands;

    @BeforeAll
    static void logIn() {
        server = EmbeddedRedis.start(
                "--aclfile", LeastRights.writeFor("rq:*", "").toString(), "--enable-debug-command", "yes");
        client = RedisClient.create(LeastRights.as("rq4j", server.uri()));
        commands = client.connect().sync();
    }

    @AfterAll
    static void end() {
        client.shutdown();
        server.close();
    }

    @Test
    void whatIsAllowedIsWhatIsCalled() throws IOException {
        Set<String> called = new TreeSet<>(OF_THE_DRIVER);
        for (String script : textsIn(SCRIPTS, ".lua", "advance.lua")) {
            CALL.matcher(script)
                    .results()
                    .flatMap(call -> NAME.matcher(call.group()).results())
                    .forEach(name -> called.add(name.group(1).toLowerCase(Locale.ROOT)));
        }
        for (String source : textsIn(JAVA, ".java", "MasterWatch.java")) {
            Matcher call = JAVA_CALL.matcher(source);
            while (call.find()) {
                String name = (call.group(1) == null ? call.group(2) : call.group(1)).toLowerCase(Locale.ROOT);
                if (!OF_REDIS.contains(name) && !SPARED.contains(name) && !name.equals("connections")) {
                    called.add(name.replace("withscores", "")
                            .replace("setget", "set")
                            .replace("memoryusage", "memory|usage"));
                }
            }
        }

        if (called.remove("pubsub")) {
            called.addAll(List.of("pubsub|numpat", "pubsub|numsub"));
        }
        if (called.remove("memory")) {
            called.add("memory|usage");
        }

        assertThat(allowed()).isEqualTo(called);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "KEYS *",
                "CONFIG SET maxmemory 0",
                "FLUSHALL",
                "FLUSHDB",
                "CONFIG GET *",
                "SCRIPT FLUSH",
                "SCRIPT KILL",
                "CLIENT KILL ID 1",
                "CLIENT LIST",
                "DEBUG SLEEP 0",
                "ACL LIST",
                "MONITOR",
                "SAVE",
                "REPLICAOF NO ONE",
                "SHUTDOWN NOSAVE",
                "MODULE LIST",
                "SWAPDB 0 1",
                "RENAME rq:a rq:b",
                "FUNCTION LIST",
                "MIGRATE 127.0.0.1 1 rq:a 0 1",
                "RANDOMKEY",
                "GET foreign",
                "SET foreign x",
                "PUBLISH foreign x",
            })
    void whatIsNotNeededIsRefusedInsideAScriptToo(String line) {
        String[] words = line.split(" ");

        assertThatThrownBy(() -> send(words))
                .isInstanceOf(RedisCommandExecutionException.class)
                .hasMessageContaining("NOPERM");
        // What no script may call at all is refused for that reason by some versions.
        assertThatThrownBy(() ->
                        commands.eval("return redis.call(unpack(ARGV))", ScriptOutputType.STATUS, new String[0], words))
                .isInstanceOf(RedisCommandExecutionException.class)
                .hasMessageMatching("(?is).*(user executing the script can't|NOPERM|not allowed from script).*");
    }

    private static void send(String... words) {
        ProtocolKeyword command = new ProtocolKeyword() {
            @Override
            public byte[] getBytes() {
                return words[0].getBytes(UTF_8);
            }

            @Override
            public String toString() {
                return words[0];
            }
        };
        CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
        Arrays.stream(words).skip(1).forEach(args::add);
        commands.dispatch(command, new ObjectOutput<>(StringCodec.UTF8), args);
    }

    private static Set<String> allowed() {
        return Arrays.stream(LeastRights.shipped().strip().split(" "))
                .filter(word -> word.startsWith("+"))
                .map(word -> word.substring(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> textsIn(Path directory, String ending, String except) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            Set<String> texts = new TreeSet<>();
            for (Path file : files.filter(file -> file.toString().endsWith(ending)
                            && !file.getFileName().toString().equals(except))
                    .toList()) {
                texts.add(Files.readString(file));
            }
            return texts;
        }
    }
}
