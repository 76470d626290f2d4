package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerFactsTest {

    private static final String INFO = """
            redis_version:7.0.15\r
            maxmemory:%s\r
            maxmemory_policy:%s\r
            aof_enabled:0\r
            role:master\r
            """;

    @ParameterizedTest
    @CsvSource({
        "0, noeviction, false",
        "0, allkeys-lru, false",
        "1000, noeviction, false",
        "1000, allkeys-lru, true",
        "1000, volatile-ttl, true",
    })
    void onlyAFullServerEvicts(String maxmemory, String policy, boolean evicts) {
        ServerFacts facts = ServerFacts.of(INFO.formatted(maxmemory, policy), Map.of());

        assertThat(facts.mayEvict()).isEqualTo(evicts);
        assertThat(facts.problems()).hasSize(evicts ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "yes, everysec, '', 'append-only file, fsync everysec'",
        "no, everysec, '3600 1 300 100', 'snapshots, save 3600 1 300 100'",
        "no, everysec, '', none",
    })
    void saysHowDataIsKept(String appends, String fsync, String save, String expected) {
        ServerFacts facts = ServerFacts.of(
                INFO.formatted("0", "noeviction"), Map.of("appendonly", appends, "appendfsync", fsync, "save", save));

        assertThat(facts.persistence()).isEqualTo(expected);
        assertThat(facts.problems()).hasSize(expected.equals("none") ? 1 : 0);
    }

    @Test
    void whatNobodyMayAskIsUnknownAndNoProblem() {
        ServerFacts facts = ServerFacts.of("", Map.of());

        assertThat(facts).hasToString("unknown, role unknown, maxmemory-policy unknown, persistence unknown");
        assertThat(facts.problems()).isEmpty();
        assertThat(facts.mayEvict()).isFalse();
        assertThat(facts.takesWrites()).isTrue();
    }

    @Test
    void aReplicaTakesNoWrites() {
        ServerFacts facts = ServerFacts.of("role:slave\r\n", Map.of());

        assertThat(facts.takesWrites()).isFalse();
        assertThat(facts.problems()).singleElement().asString().contains("replica");
    }
}
