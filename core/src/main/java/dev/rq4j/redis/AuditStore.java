package dev.rq4j.redis;

import dev.rq4j.job.Finding;
import dev.rq4j.job.Retention;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Walks a namespace, looks for what cannot be right, and mends it. */
public final class AuditStore {

    private static final LuaScript EXAMINE = LuaScript.named("examine");
    private static final LuaScript MEND = LuaScript.named("mend");
    /** How many things one script looks at: each takes some ten commands, and others wait meanwhile. */
    private static final int BATCH = 20;
    /** Of a list more at a time: what is in it twice is found where it is near. */
    private static final int LIST_BATCH = 200;
    /** How many names one command reads. */
    private static final int PAGE = 1000;

    private static final int LONGEST_SENTENCE = 500;

    /** Keys whose entries are looked at, by what their names look like after the prefix. */
    private static final Map<String, Pattern> PLACES = Map.of(
            "list", Pattern.compile("queue:.+"),
            "zset",
                    Pattern.compile("(wip|finished|failed|canceled|scheduled|deferred|ready):.+|rl:.+:rate_limited"
                            + "|rate:.+:waiting"),
            "set", Pattern.compile("workers(:.+)?|job:[^:]+:dependents"));

    private final Redis redis;
    private final QueueStore queues;
    private final Duration rest;

    AuditStore(Redis redis, QueueStore queues) {
        this(redis, queues, Duration.ZERO);
    }

    private AuditStore(Redis redis, QueueStore queues, Duration rest) {
        this.redis = redis;
        this.queues = queues;
        this.rest = rest;
    }

    /** Returns the same, which leaves Redis to others for this time after each step. A step takes Redis about a millisecond. */
    public AuditStore resting(Duration rest) {
        return new AuditStore(redis, queues, rest);
    }

    /** Emits what is wrong, page by page as it is asked for. */
    public Flux<Finding> audit() {
        return Flux.defer(() -> {
            Set<String> unlisted = new HashSet<>();
            return seen().flatMapMany(seen -> keys().buffer(BATCH).concatMap(keys -> examine(keys, seen), 1))
                    .filter(finding -> finding.kind() != Finding.Kind.QUEUE_NOT_LISTED
                            || unlisted.add(String.valueOf(finding.queue())));
        });
    }

    private Flux<Finding> examine(List<String> keys, SeenIds seen) {
        return Flux.concat(examineKeys(keys, seen), Flux.fromIterable(keys).concatMap(this::examineEntries, 1));
    }

    /** Mends what was found, if it is so still; emits whether it was. */
    public Mono<Boolean> repair(Finding finding) {
        return step(redis.number(
                        MEND,
                        Args.of(redis.keys())
                                .add(finding.kind().wireName())
                                .add(finding.subject())
                                .add(finding.key())
                                .add(Retention.RESULT_DEFAULT.seconds())
                                .add(Retention.FAILURE_DEFAULT.seconds())))
                .map(answer -> answer == 1);
    }

    private <T> Mono<T> step(Mono<T> step) {
        return rest.isZero() ? step : step.delayUntil(done -> Mono.delay(rest));
    }

    /** A job in a long list is not looked for again and again: the lists are read once, from the end. */
    private Mono<SeenIds> seen() {
        return Mono.defer(() -> {
            SeenIds seen = new SeenIds();
            return queues.names().concatMap(this::waiting).doOnNext(seen::add).then(Mono.just(seen));
        });
    }

    private Flux<byte[]> waiting(String queue) {
        String key = redis.keys().queue(queue);
        return Paging.pages(
                1L,
                last -> step(redis.read(commands ->
                                commands.lrange(key, -last - PAGE + 1, -last).collectList()))
                        .map(ids -> new Paging.Page<>(ids, last + PAGE, ids.size() < PAGE)));
    }

    /** Emits all keys there are, page by page as they are asked for; one may come twice. */
    Flux<String> keys() {
        ScanArgs all = ScanArgs.Builder.matches(redis.keys().any()).limit(PAGE);
        return Paging.pages(
                ScanCursor.INITIAL,
                cursor -> step(redis.read(commands -> commands.scan(cursor, all)))
                        .map(page -> new Paging.Page<>(page.getKeys(), page, page.isFinished())));
    }

    /** A script that had much to search for looks at some of them, and the next at the rest. */
    private Flux<Finding> examineKeys(List<String> keys, SeenIds seen) {
        return Paging.pages(
                0,
                from -> step(redis.list(EXAMINE, named(keys.subList(from, keys.size()), seen)))
                        .map(answer -> {
                            int looked = Integer.parseInt(Answers.text(answer.get(0)));
                            return new Paging.Page<>(findings(answer), from + looked, looked == 0);
                        }));
    }

    private Args named(List<String> keys, SeenIds seen) {
        Args args = Args.of(redis.keys()).add("keys");
        String jobs = redis.keys().jobs();
        keys.forEach(key -> args.add(key)
                .add(key.startsWith(jobs) && seen.contains(Args.bytes(key.substring(jobs.length()))) ? 1 : 0));
        return args;
    }

    private Flux<Finding> examineEntries(String key) {
        String name = key.substring(redis.keys().prefix().length() + 1);
        return Flux.fromIterable(PLACES.entrySet())
                .filter(place -> place.getValue().matcher(name).matches())
                .concatMap(place -> Paging.pages(
                        "0",
                        from -> step(redis.list(
                                        EXAMINE,
                                        Args.of(redis.keys())
                                                .add(place.getKey())
                                                .add(key)
                                                .add(from)
                                                .add(place.getKey().equals("list") ? LIST_BATCH : BATCH)))
                                .map(answer -> new Paging.Page<>(
                                        findings(answer),
                                        Answers.text(answer.get(0)),
                                        Answers.text(answer.get(0)).equals("0")))));
    }

    private static List<Finding> findings(List<Object> answer) {
        return answer.stream()
                .skip(1)
                .map(Answers::texts)
                .map(fields -> {
                    String queue = fields.get(3);
                    return new Finding(
                            Finding.Kind.ofWire(fields.get(0)),
                            fields.get(1),
                            fields.get(2),
                            queue.isEmpty() ? null : queue,
                            shown(fields.get(1) + " " + fields.get(4)));
                })
                .toList();
    }

    /** Others can write what they want into ids and names. */
    private static String shown(String sentence) {
        String cut = sentence.length() > LONGEST_SENTENCE ? sentence.substring(0, LONGEST_SENTENCE) + "..." : sentence;
        return cut.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
