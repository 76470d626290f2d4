package dev.rq4j.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rq4j.codec.Zlib;
import dev.rq4j.job.JobId;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is really in a namespace, read and written with plain commands. Keys are named without the prefix; text is Latin-1,
 * which keeps every byte.
 */
public final class RawRedis implements AutoCloseable {

    private static final ClientResources THREADS = DefaultClientResources.create();

    private final String prefix;
    private final RedisClient client;
    private final RedisCommands<String, String> commands;

    /** Connects to a server; all keys begin with the prefix. */
    public RawRedis(String uri, String prefix) {
        this.prefix = prefix;
        this.client = RedisClient.create(THREADS, SharedServer.asAdmin(uri));
        this.commands = client.connect(new StringCodec(ISO_8859_1)).sync();
    }

    /** Returns the prefix of all keys. */
    public String prefix() {
        return prefix;
    }

    /** Returns the whole key. */
    public String key(String name) {
        return prefix + ':' + name;
    }

    /** Returns the commands of Redis; they take whole keys. */
    public RedisCommands<String, String> commands() {
        return commands;
    }

    /** Returns the names of all keys there are. */
    public Set<String> keys() {
        Set<String> names = new TreeSet<>();
        ScanIterator.scan(commands, ScanArgs.Builder.matches(prefix + ":*").limit(1000))
                .forEachRemaining(key -> names.add(key.substring(prefix.length() + 1)));
        return names;
    }

    /** Returns the names of all keys of a job. */
    public Set<String> keysOf(JobId id) {
        return keys().stream().filter(name -> name.contains(id.value())).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the seconds until a key goes: -1 for never, -2 for gone. */
    public long ttl(String name) {
        return commands.ttl(key(name));
    }

    /** Returns a hash. */
    public Map<String, String> hash(String name) {
        return commands.hgetall(key(name));
    }

    /** Returns the hash of a job. */
    public Map<String, String> job(JobId id) {
        return hash("job:" + id);
    }

    /** Returns the ids in a queue from the front. */
    public List<String> queue(String name) {
        return commands.lrange(key("queue:" + name), 0, -1);
    }

    /** Returns the payload of a job as text. */
    public String payload(JobId id) {
        byte[] data = job(id).getOrDefault("data", "").getBytes(ISO_8859_1);
        return new String(Zlib.inflate(data, 1 << 26, "a payload"), UTF_8);
    }

    /** Returns the entries of a job's history, the oldest first. */
    public List<Map<String, String>> history(JobId id) {
        return commands.xrange(key("results:" + id), Range.unbounded()).stream()
                .map(StreamMessage::getBody)
                .toList();
    }

    /** Returns the score of a member, null when it is not in the sorted set. */
    public Double score(String name, String member) {
        return commands.zscore(key(name), member);
    }

    /** Returns the server's clock in seconds. */
    public double now() {
        List<String> time = commands.time();
        return Long.parseLong(time.get(0)) + Long.parseLong(time.get(1)) / 1e6;
    }

    /** Returns how many clients listen to the channel on which the outcome of a job is told. */
    public long listeners(JobId id) {
        String channel = key("outcome:" + id);
        return commands.pubsubNumsub(channel).get(channel);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
