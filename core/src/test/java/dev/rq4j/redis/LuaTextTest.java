package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LuaTextTest {

    @Test
    void whatAScriptDoesNotUseIsNotInIt() {
        assertThat(LuaText.of("extend"))
                .contains("local function registry_key(")
                .doesNotContain("limit_key", "is_ours", "shown_now", "GROUPS", "--");
    }

    @Test
    void theFlagsStayAtTheBeginning() {
        assertThat(LuaText.of("extend")).startsWith("#!lua flags=allow-oom\n");
    }

    @Test
    void whatIsNamedWithinAFunctionIsWithinIt() {
        assertThat(LuaText.of("finish"))
                .contains("\nlocal function record_dumped(", " local function run_again(")
                .doesNotContain("\nlocal function run_again(");
    }

    @Test
    void whatOnlyFewJobsNeedIsNotDefinedForAll() {
        assertThat(LuaText.of("finish"))
                .contains("  local function unique_key(")
                .doesNotContain("\nlocal function unique_key(", "\nlocal RATES ");
    }
}
