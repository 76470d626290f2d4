package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LuaDefinitionsTest {

    private static final String TWO_IN_A_PART_OF_ONE = """
            local function two() return 2 end
            local function one()
              if ARGV[2] then
                --@within
                return two()
              end
            end
            """;

    @Test
    void whatNothingUsesIsLeftOutWithWhatOnlyThatUsed() {
        assertThat(placed("""
                        local PREFIX = ARGV[1]
                        local function key(id) return PREFIX .. id end
                        local function unused(id)
                          return key(id)
                        end
                        local seen = 0
                        return ARGV[2]
                        """)).containsExactly("return ARGV[2]");
    }

    @Test
    void fieldsAndTextOfTheSameNameAreNoUse() {
        assertThat(placed("""
                        local function rate_key(id) return id end
                        local function joined(id) return id end
                        return job.rate_key or 'rate_key' or 'it''s rate_key'..joined(1)
                        """))
                .containsExactly(
                        "local function joined(id) return id end",
                        "return job.rate_key or 'rate_key' or 'it''s rate_key'..joined(1)");
    }

    @Test
    void whatOnlyPartsWithinBlocksUseIsDefinedInEach() {
        assertThat(placed("""
                        local LISTS = { 'a',
                          'b' }
                        local function each()
                          return LISTS
                        end
                        if ARGV[1] then
                          --@within
                          each()
                        end
                        for i = 1, 2 do
                          --@within
                          each(i)
                        end
                        """)).containsExactly("""
                        if ARGV[1] then
                          local LISTS = { 'a',
                            'b' }
                          local function each()
                            return LISTS
                          end
                          each()
                        end
                        for i = 1, 2 do
                          local LISTS = { 'a',
                            'b' }
                          local function each()
                            return LISTS
                          end
                          each(i)
                        end
                        """.split("\n"));
    }

    @Test
    void aPartEndsWithItsBlock() {
        String script = """
                local function one() return 1 end
                if ARGV[1] then
                  --@within
                  return one()
                else
                  return one()
                end
                """;

        assertThat(placed(script))
                .containsExactly(script.replace("  --@within\n", "").split("\n"));
    }

    @Test
    void whatCanChangeStaysWhereItIs() {
        String script = """
                local looked = nil
                if ARGV[1] then
                  --@within
                  looked = 1
                end
                """;

        assertThat(placed(script))
                .containsExactly(script.replace("  --@within\n", "").split("\n"));
    }

    @Test
    void whatABlockDefinesAnewIsItsOwn() {
        assertThat(placed("""
                        local function one() return 1 end
                        if ARGV[1] then
                          --@within
                          local function one() return 2 end
                          return one()
                        end
                        """))
                .containsExactly("if ARGV[1] then", "  local function one() return 2 end", "  return one()", "end");
    }

    @Test
    void whatAPartOfSomethingMovedUsesIsNotLeftBehind() {
        assertThat(placed(TWO_IN_A_PART_OF_ONE + """
                        if ARGV[1] then
                          --@within
                          return one()
                        end
                        """)).containsExactly("""
                        if ARGV[1] then
                          local function two() return 2 end
                          local function one()
                            if ARGV[2] then
                              return two()
                            end
                          end
                          return one()
                        end
                        """.split("\n"));
    }

    @Test
    void whatAPartOfSomethingUnusedUsesGoesWithIt() {
        assertThat(placed(TWO_IN_A_PART_OF_ONE + """
                        return 1
                        """)).containsExactly("return 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local function one() return two end\nlocal two = 3\nif two then\n  --@within\n  one()\nend",
                "local function one() return two end\nfor two = 1, 3 do\n  --@within\n  one()\nend",
                "local function one() return two end\n"
                        + "redis.call(function(two)\n  if two then\n    --@within\n    one()\n  end\nend)"
            })
    void whatWouldMeanSomethingElseThereStaysWhereItIs(String script) {
        assertThat(placed(script))
                .containsExactly(script.replaceAll(" +--@within\n", "").split("\n"));
    }

    @Test
    void textThatCannotBeReadIsRefused() {
        assertThatThrownBy(() -> placed("return \"it's\"")).hasMessageContaining("single quotes");
    }

    private static List<String> placed(String script) {
        return LuaDefinitions.placed(script.lines().toList());
    }
}
