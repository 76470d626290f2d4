package dev.rq4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The starts of keys that have a rate: no more in a period than there may be, but for those that were given back. */
final class Starts {

    private final World world;
    private final Map<String, List<Integer>> times = new HashMap<>();
    private final Map<String, Integer> last = new HashMap<>();

    Starts(World world) {
        this.world = world;
    }

    void count(Life life) {
        Wish wish = life.wish;
        if (wish.rate != null) {
            List<Integer> ofKey = times.computeIfAbsent(wish.rate, none -> new ArrayList<>());
            ofKey.add(world.now());
            last.put(life.id, world.now());
            assertThat(ofKey.stream().filter(at -> at > world.now() - wish.period))
                    .as("starts of " + wish.rate)
                    .hasSizeLessThanOrEqualTo(wish.starts);
        }
    }

    void giveBack(Life life) {
        if (life.wish.rate != null) {
            times.get(life.wish.rate).remove(last.get(life.id));
        }
    }
}
