package dev.rq4j.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.rq4j.codec.ErrorText;
import dev.rq4j.job.JobId;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Java and Lua must say alike, and what every script must have. */
class ScriptsTest {

    private static final Keys KEYS = new Keys("shop");
    /** Those that bring in something new, rather than help what is there to its end. */
    private static final Set<String> REFUSED_WHEN_FULL = Set.of("enqueue", "fire", "put-cron", "log", "annotate");

    private static final Set<String> OF_LUA =
            Set.of("tonumber", "tostring", "type", "ipairs", "pairs", "unpack", "select", "pcall");

    private static final JobId ID = JobId.of("some-id");

    @Test
    void keysAreSpelledAlikeInJavaAndLua() {
        Map<String, String> lua = luaKeys();

        assertThat(lua)
                .containsEntry("QUEUES", KEYS.queues())
                .containsEntry("queue_key", KEYS.queue("X"))
                .containsEntry("job_key", KEYS.job(JobId.of("X")))
                .containsEntry("results_key", KEYS.results(JobId.of("X")))
                .containsEntry("outcome_channel", KEYS.outcomeChannel("X"))
                .containsEntry("PAUSED", KEYS.paused())
                .containsEntry("SUSPENDED", KEYS.suspended())
                .containsEntry("WATCHED", KEYS.watched())
                .containsEntry("events_channel", KEYS.eventsChannel("X"))
                .containsEntry("WAKE", KEYS.wakeChannel())
                .containsEntry("log_key", KEYS.log(JobId.of("X")))
                .containsEntry("WORKERS", KEYS.workers())
                .containsEntry("queue_workers_key", KEYS.workersOf("X"))
                .containsEntry("queue_turn_key", KEYS.queueTurn("X"))
                .containsEntry("worker_key", KEYS.worker("X"))
                .containsEntry("executions_key", KEYS.executionsOf("X"))
                .containsEntry("LIMITS", KEYS.limits())
                .containsEntry("allowed_key", KEYS.allowed("X"))
                .containsEntry("limited_key", KEYS.limited("X"))
                .containsEntry("RATES", KEYS.rates())
                .containsEntry("paced_key", KEYS.paced("X"))
                .containsEntry("CRON", KEYS.cron())
                .containsEntry("cron_key", KEYS.cronEntry("X"))
                .containsEntry("cron_jobs_key", KEYS.cronJobs("X"))
                .containsEntry("worker_channel", KEYS.workerChannel("X"));
        for (Registry registry : Registry.values()) {
            assertThat(lua.get("registry_key").replaceFirst("X", registry.key()).replaceFirst("X", "q"))
                    .isEqualTo(KEYS.registry(registry, "q"));
        }
    }

    @Test
    void keysAreThoseOfPython() {
        Keys rq = new Keys("rq");

        assertThat(rq.queue("default")).isEqualTo("rq:queue:default");
        assertThat(rq.job(ID)).isEqualTo("rq:job:some-id");
        assertThat(rq.results(ID)).isEqualTo("rq:results:some-id");
        assertThat(rq.registry(Registry.STARTED, "default")).isEqualTo("rq:wip:default");
        assertThat(rq.workerChannel("w")).isEqualTo("rq:pubsub:w");
        assertThat(rq.cronJobs("nightly")).isEqualTo("rq:cron_job:nightly:jobs");
        assertThat(luaKeys())
                .containsEntry("dependents_key", "shop:job:X:dependents")
                .containsEntry("dependencies_key", "shop:job::X:dependencies")
                .containsEntry("worker_key", "shop:worker:X")
                .containsEntry("executions_key", "shop:worker:X:executions")
                .containsEntry("queue_workers_key", "shop:workers:X")
                .containsEntry("WORKERS", "shop:workers")
                .containsEntry("SUSPENDED", "shop:suspended");
    }

    @Test
    void theGraceOfALeaseIsTheSameInJavaAndLua() {
        assertThat(read("lib/lease.lua")).contains("local GRACE = " + Registry.GRACE + "\n");
    }

    @Test
    void everyScriptIsLoadedBySomeClassAndEveryNameLoadedExists() throws IOException {
        Set<String> onDisk = scripts().map(ScriptsTest::nameOf).collect(Collectors.toCollection(TreeSet::new));
        Set<String> digestsOnDisk =
                onDisk.stream().map(LuaScript::named).map(LuaScript::digest).collect(Collectors.toSet());

        assertThat(loaded()).as("digests of the scripts that classes hold").isEqualTo(digestsOnDisk);
        assertThat(onDisk).contains("claim", "enqueue", "finish");
    }

    @Test
    void everySharedPartIsUsedAndEveryPartUsedExists() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path script : allFiles()) {
            matches("(?m)^ *--@include (\\w+)$", Files.readString(script))
                    .forEach(include -> used.add(include.group(1)));
        }
        try (Stream<Path> parts = Files.list(folder().resolve("lib"))) {
            assertThat(parts.map(ScriptsTest::nameOf)).containsExactlyInAnyOrderElementsOf(used);
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void everyScriptSaysWhatItDoesAndWhetherItRunsWhenRedisIsFull(Path script) throws IOException {
        String text = Files.readString(script);

        String flags = REFUSED_WHEN_FULL.contains(nameOf(script)) ? "#!lua\n" : "#!lua flags=(allow-oom|no-writes)\n";
        assertThat(text).containsPattern("^" + flags + "-- [A-Z]");
        assertThat(text).contains("-- KEYS[1] -> the set of queues\n", "-- ARGV[1] -> the prefix\n", "-- Returns ");
        assertThat(text.lines().filter(line -> !line.contains("'eN"))).allMatch(line -> line.length() <= 120);
    }

    /** Those that decide by two times could decide two things. */
    @Test
    void theClockIsReadInOnePlaceAndOnce() throws IOException {
        List<String> readers = new ArrayList<>();
        for (Path file : allFiles()) {
            matches("(?i)['\"]TIME['\"]", Files.readString(file)).forEach(reading -> readers.add(nameOf(file)));
        }

        assertThat(readers).containsExactly("clock");
        assertThat(read("lib/clock.lua")).containsPattern("(?m)^local TIME = redis\\.call\\('TIME'\\)$");
    }

    @Test
    void everyLoopWithoutACounterSaysWhatItIsBoundedBy() throws IOException {
        List<String> loops = new ArrayList<>();
        for (Path file : allFiles()) {
            matches("(?m)^(.*\n) *((?:while .* do|repeat)\\b.*)$", Files.readString(file))
                    .forEach(loop -> loops.add(nameOf(file) + ": " + loop.group(1) + loop.group(2)));
        }

        assertThat(loops).hasSizeGreaterThan(10).allMatch(loop -> loop.contains("-- bounded by "));
    }

    /** What is forgotten to be included would be missed only by the job that needs it. */
    @ParameterizedTest
    @MethodSource("scripts")
    void everyFunctionThatIsCalledIsDefinedBefore(Path script) {
        Set<String> known = new TreeSet<>(OF_LUA);
        String code = LuaScript.named(nameOf(script)).text().replaceAll("--.*|'[^'\\n]*'", "");

        matches("local function (\\w+)|local ([\\w, ]+)|(?<![.\\w])(\\w+)\\(", code)
                .forEach(match -> {
                    if (match.group(3) != null) {
                        assertThat(known).contains(match.group(3));
                    } else {
                        known.addAll(List.of((match.start(1) < 0 ? match.group(2) : match.group(1)).split("[, ]+")));
                    }
                });
        assertThat(known).contains("PREFIX");
    }

    @Test
    void reasonsThatAreWrittenInScriptsDecodeToReadableText() throws IOException {
        List<String> reasons = new ArrayList<>();
        for (Path script : allFiles()) {
            matches("'(eN[A-Za-z0-9+/=]{20,})'", Files.readString(script))
                    .forEach(reason -> reasons.add(reason.group(1)));
        }

        assertThat(reasons).isNotEmpty();
        assertThat(reasons)
                .map(reason -> ErrorText.decode(reason.getBytes(ISO_8859_1)))
                .allMatch(text -> text.matches("[A-Z][ -~]{20,200}\\."));
    }

    private static Map<String, String> luaKeys() {
        String text = read("lib/keys.lua");
        Map<String, String> keys = new TreeMap<>();
        matches("(?m)^local ([A-Z]+) = (PREFIX .*)$", text)
                .forEach(line -> keys.put(line.group(1), evaluated(line.group(2))));
        matches("(?m)^local function (\\w+)\\(.*?\\) return (.*) end$", text)
                .forEach(line -> keys.put(line.group(1), evaluated(line.group(2))));
        return keys;
    }

    /** Strings and names joined by dots: each name but the prefix is X. */
    private static String evaluated(String expression) {
        return Stream.of(expression.split(" \\.\\. "))
                .map(String::strip)
                .map(part -> part.startsWith("'")
                        ? part.substring(1, part.length() - 1)
                        : part.equals("PREFIX") ? KEYS.prefix() : "X")
                .collect(Collectors.joining());
    }

    private static Set<String> loaded() {
        Set<String> digests = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter().importPackages("dev.rq4j.redis")) {
            for (Field field : type.reflect().getDeclaredFields()) {
                if (field.getType() == LuaScript.class && Modifier.isStatic(field.getModifiers())) {
                    digests.add(valueOf(field).digest());
                }
            }
        }
        return digests;
    }

    private static LuaScript valueOf(Field field) {
        try {
            field.setAccessible(true);
            return (LuaScript) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<MatchResult> matches(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results();
    }

    private static Stream<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".lua")).sorted().toList().stream();
        }
    }

    private static List<Path> allFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(file -> file.toString().endsWith(".lua")).toList();
        }
    }

    private static String nameOf(Path script) {
        return script.getFileName().toString().replace(".lua", "");
    }

    private static String read(String name) {
        try {
            return Files.readString(folder().resolve(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path folder() {
        URL claim = LuaScript.class.getResource("claim.lua");
        try {
            return Path.of(claim.toURI()).getParent();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
