package dev.rq4j.testing;

import io.lettuce.core.ScriptOutputType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** All that is in a namespace, as it was at one moment. Keys are named without the prefix. */
public final class Snapshot {

    private static final String READ = """
            local read = {
              hash = function(key) return redis.call('HGETALL', key) end,
              list = function(key) return redis.call('LRANGE', key, 0, -1) end,
              set = function(key) return redis.call('SMEMBERS', key) end,
              zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
              string = function(key) return { redis.call('GET', key) } end,
              stream = function(key) return { tostring(redis.call('XLEN', key)) } end,
            }
            local time = redis.call('TIME')
            local found, cursor = { time[1] .. '.' .. string.format('%06d', time[2]) }, '0'
            repeat
              local page = redis.call('SCAN', cursor, 'MATCH', KEYS[1] .. ':*', 'COUNT', 1000)
              cursor = page[1]
              for _, key in ipairs(page[2]) do
                local type = redis.call('TYPE', key).ok
                if type ~= 'none' then
                  found[#found + 1] = { key, type, tostring(redis.call('PTTL', key)), read[type](key) }
                end
              end
            until cursor == '0'
            return found
            """;

    private final double now;
    private final Map<String, Entry> entries = new TreeMap<>();
    private final Map<String, Map<String, Double>> scores = new HashMap<>();

    private Snapshot(double now) {
        this.now = now;
    }

    /** Reads the namespace in one step. */
    public static Snapshot of(RawRedis redis) {
        List<Object> found = redis.commands().eval(READ, ScriptOutputType.MULTI, redis.prefix());
        Snapshot snapshot = new Snapshot(Double.parseDouble((String) found.get(0)));
        int prefix = redis.prefix().length() + 1;
        for (Object row : found.subList(1, found.size())) {
            List<?> key = (List<?>) row;
            List<String> contents =
                    ((List<?>) key.get(3)).stream().map(String.class::cast).toList();
            snapshot.entries.put(
                    ((String) key.get(0)).substring(prefix),
                    new Entry((String) key.get(1), Long.parseLong((String) key.get(2)) / 1000.0, contents));
        }
        return snapshot;
    }

    /** Returns the server's clock in seconds. */
    public double now() {
        return now;
    }

    /** Returns the names of all keys. */
    public Set<String> keys() {
        return entries.keySet();
    }

    /** Returns what follows upon this beginning in the names of keys, in their order. */
    public Set<String> keys(String beginning) {
        return entries.keySet().stream()
                .filter(name -> name.startsWith(beginning))
                .map(name -> name.substring(beginning.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns whether there is such a key. */
    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /** Returns the seconds until a key goes: negative for never. */
    public double ttl(String name) {
        return entries.get(name).ttl;
    }

    /** Returns a hash; empty when there is none. */
    public Map<String, String> hash(String name) {
        return pairs(contents(name, "hash"));
    }

    /** Returns a list; empty when there is none. */
    public List<String> list(String name) {
        return contents(name, "list");
    }

    /** Returns a set; empty when there is none. */
    public Set<String> set(String name) {
        return new HashSet<>(contents(name, "set"));
    }

    /** Returns the members of a sorted set with their scores, in order; empty when there is none. */
    public Map<String, Double> scores(String name) {
        return scores.computeIfAbsent(name, key -> {
            Map<String, Double> read = new LinkedHashMap<>();
            pairs(contents(key, "zset")).forEach((member, score) -> read.put(member, number(score)));
            return read;
        });
    }

    /** Returns a string; empty when there is none. */
    public String text(String name) {
        List<String> text = contents(name, "string");
        return text.isEmpty() ? "" : text.get(0);
    }

    /** Returns how many entries a stream has. */
    public int length(String name) {
        List<String> length = contents(name, "stream");
        return length.isEmpty() ? 0 : Integer.parseInt(length.get(0));
    }

    /** Returns the hashes of all jobs by their ids. */
    public Map<String, Map<String, String>> jobs() {
        Map<String, Map<String, String>> jobs = new HashMap<>();
        for (String id : keys("job:")) {
            if (id.indexOf(':') < 0) {
                jobs.put(id, hash("job:" + id));
            }
        }
        return jobs;
    }

    private List<String> contents(String name, String type) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return List.of();
        }
        if (!entry.type.equals(type)) {
            throw new AssertionError(name + " is a " + entry.type + " and not a " + type);
        }
        return entry.contents;
    }

    private static Map<String, String> pairs(List<String> flat) {
        Map<String, String> pairs = new LinkedHashMap<>();
        List<String> rest = new ArrayList<>(flat);
        for (int i = 0; i < rest.size(); i += 2) {
            pairs.put(rest.get(i), rest.get(i + 1));
        }
        return pairs;
    }

    private static double number(String score) {
        return switch (score) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(score);
        };
    }

    private record Entry(String type, double ttl, List<String> contents) {}
}
