package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import dev.rq4j.job.KeyFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Measures what the keys of a namespace take up. */
public final class MemoryStore {

    /** So many keys of a family are measured: SCAN comes upon keys in no order that has to do with their size. */
    private static final int SAMPLE = 200;
    /** Others can put anything under the prefix: what is more is one family. */
    private static final int MOST_FAMILIES = 100;

    private static final String OTHERS = "others";

    private final Redis redis;
    private final AuditStore audits;

    MemoryStore(Redis redis, AuditStore audits) {
        this.redis = redis;
        this.audits = audits;
    }

    /** Emits the families in alphabetical order, when all keys have been counted. */
    public Flux<KeyFamily> families() {
        return Flux.defer(() -> {
            Map<String, Tally> tallies = new TreeMap<>();
            return audits.keys()
                    .concatMap(key -> count(key, tallies), 1)
                    .thenMany(Flux.defer(() -> Flux.fromIterable(families(tallies))));
        });
    }

    private Mono<Void> count(String key, Map<String, Tally> tallies) {
        String family = family(key.substring(redis.keys().prefix().length() + 1));
        boolean known = tallies.containsKey(family) || tallies.size() < MOST_FAMILIES;
        Tally tally = tallies.computeIfAbsent(known ? family : OTHERS, name -> new Tally());
        tally.keys++;
        if (tally.sampled >= SAMPLE || tally.refused) {
            return Mono.empty();
        }
        return redis.read(commands -> commands.memoryUsage(key))
                .doOnNext(tally::measured)
                .onErrorResume(MemoryStore::isRefusal, refused -> Mono.fromRunnable(() -> tally.refused = true))
                .then();
    }

    /** By its rights, or since it does not know the command. */
    private static boolean isRefusal(Throwable error) {
        return error instanceof JobException.AccessDenied || error instanceof JobException.ServerError;
    }

    private static String family(String name) {
        int last = name.lastIndexOf(':');
        if (name.startsWith("job:") && last > 3) {
            String part = name.substring(last + 1);
            return part.startsWith("depend") ? part : OTHERS;
        }
        int first = name.indexOf(':');
        return first < 0 ? name : name.substring(0, first);
    }

    private static List<KeyFamily> families(Map<String, Tally> tallies) {
        List<KeyFamily> families = new ArrayList<>();
        tallies.forEach(
                (name, tally) -> families.add(new KeyFamily(name, tally.keys, tally.sampled, tally.estimate())));
        return families;
    }

    private static final class Tally {
        private long keys;
        private long sampled;
        private long bytes;
        private boolean refused;

        private void measured(long size) {
            sampled++;
            bytes += size;
        }

        private @Nullable Long estimate() {
            return sampled == 0 || refused ? null : Long.valueOf(Math.round((double) bytes / sampled * keys));
        }
    }
}
