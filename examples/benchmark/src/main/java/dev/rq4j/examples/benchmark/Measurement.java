package dev.rq4j.examples.benchmark;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of what was measured.
 *
 * @param scenario what was done
 * @param concurrency how many at a time; null where that says nothing
 * @param unit in what it was measured
 * @param spread the rounds
 * @param shares how much of what that reaches which it is held against
 * @param more further figures by name, medians of the rounds
 */
record Measurement(
        String scenario,
        @Nullable Integer concurrency,
        String unit,
        Spread spread,
        Map<Share, Double> shares,
        Map<String, Double> more) {

    static final String THROUGHPUT = "jobs/s";

    static Measurement of(String scenario, String unit, Spread spread) {
        return new Measurement(scenario, null, unit, spread, Map.of(), Map.of());
    }

    /** Returns how many jobs there were in a second, with what one of them cost Redis. */
    static Measurement throughput(String scenario, List<Sample> samples) {
        return of(scenario, THROUGHPUT, Spread.of(samples, Sample::perSecond)).costing(samples);
    }

    private Measurement costing(List<Sample> samples) {
        List<Usage> usages = samples.stream()
                .map(sample -> sample.usage().per((double) sample.count()))
                .toList();
        return with("scriptsPerJob", Spread.of(usages, Usage::scripts).median())
                .with("commandsPerJob", Spread.of(usages, Usage::commands).median())
                .with(
                        "scriptMicrosPerJob",
                        Spread.of(usages, Usage::scriptMicros).median())
                .with("redisMicrosPerJob", Spread.of(usages, Usage::cpuMicros).median())
                .with("bytesInPerJob", Spread.of(usages, Usage::bytesIn).median())
                .with("bytesOutPerJob", Spread.of(usages, Usage::bytesOut).median());
    }

    Measurement at(int concurrency) {
        return new Measurement(scenario, concurrency, unit, spread, shares, more);
    }

    Measurement against(Share share, double reached) {
        Map<Share, Double> all = new EnumMap<>(Share.class);
        all.putAll(shares);
        all.put(share, spread.median() / reached);
        return new Measurement(scenario, concurrency, unit, spread, all, more);
    }

    Measurement with(String name, double value) {
        Map<String, Double> figures = new LinkedHashMap<>(more);
        figures.put(name, value);
        return new Measurement(scenario, concurrency, unit, spread, shares, figures);
    }

    /** Returns its line of JSON, in which a figure that there is not is null. */
    String json() {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("scenario", '"' + scenario + '"');
        line.put("concurrency", concurrency);
        line.put("jobsPerSecond", unit.equals(THROUGHPUT) ? Numbers.plain(spread.median()) : null);
        for (Share share : Share.values()) {
            Double part = shares.get(share);
            line.put(share.json(), part == null ? null : Numbers.plain(part));
        }
        line.put("unit", '"' + unit + '"');
        line.put("min", Numbers.plain(spread.min()));
        line.put("median", Numbers.plain(spread.median()));
        line.put("max", Numbers.plain(spread.max()));
        more.forEach((name, value) -> line.put(name, Numbers.plain(value)));
        StringBuilder json = new StringBuilder("{");
        line.forEach((name, value) -> json.append(json.length() == 1 ? "" : ",")
                .append('"')
                .append(name)
                .append("\":")
                .append(value));
        return json.append('}').toString();
    }
}
