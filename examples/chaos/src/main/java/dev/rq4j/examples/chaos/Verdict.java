package dev.rq4j.examples.chaos;

import dev.rq4j.examples.chaos.Books.Page;
import dev.rq4j.examples.chaos.Chaos.Remains;
import dev.rq4j.examples.chaos.Entry.What;
import dev.rq4j.examples.chaos.Runs.Run;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares what was promised with what the books say, and says where they differ. */
final class Verdict {

    private final Settings settings;
    private final List<Entry> entries;
    private final Books books;
    private final Runs runs;
    private final Faults faults;
    private final List<Long> recoveries;
    private final long inFlight;
    private final Remains remains;
    private final Map<String, Set<String>> wrongs = new TreeMap<>();
    private long extraStarts;

    Verdict(Settings settings, List<Entry> entries, Books books, Remains remains) {
        this.settings = settings;
        this.entries = entries;
        this.books = books;
        this.runs = new Runs(entries);
        this.faults = new Faults(entries, runs, settings);
        this.recoveries = faults.recoveries();
        this.inFlight = faults.inFlight();
        this.remains = remains;
        judge();
    }

    private void judge() {
        Set<String> acknowledged = ids(What.ACKNOWLEDGED);
        Set<String> canceled = ids(What.CANCELED);
        Set<String> told = new HashSet<>(acknowledged);
        told.addAll(ids(What.UNKNOWN));
        told.forEach(id -> judge(id, acknowledged.contains(id), canceled.contains(id)));
        runs.jobs().forEach(this::judgeStarts);
        ids(What.REFUSED).stream().filter(id -> books.page(id) != null).forEach(id -> wrong("made though refused", id));
    }

    private void judge(String id, boolean acknowledged, boolean canceled) {
        Page page = books.page(id);
        if (page == null) {
            if (acknowledged) {
                wrong("lost", id);
            }
            return;
        }
        End end = page.end();
        if (page.isLive() || end == null) {
            wrong("stuck", id);
            return;
        }
        if (page.ends() > 1) {
            wrong("settled twice", id);
        }
        if (page.sharesKey()) {
            wrong("two of one key", id);
        }
        if (page.made() > 1) {
            wrong("made twice", id);
        }
        boolean child = Kind.of(id) == Kind.CHILD;
        if (!Kind.of(id).mayEnd(end)
                || (canceled && end != End.CANCELED)
                || (child && runs.of(id).isEmpty())) {
            wrong("wrong end", id);
        }
        if (end == End.FINISHED && runs.of(id).isEmpty()) {
            wrong("finished without a start", id);
        }
    }

    private void judgeStarts(String id) {
        if (id.startsWith("broken")) {
            return;
        }
        List<Run> all = runs.of(id);
        int usual = Kind.of(id).starts();
        for (int i = usual; i < all.size(); i++) {
            extraStarts++;
            Run first = all.get(i - 1);
            Run again = all.get(i);
            if (faults.stoppedPolitely(first, again)) {
                wrong("started again by a polite stop", id);
            } else if (!faults.explain(first, again)) {
                wrong("started again without a cause", id);
            }
        }
    }

    /** Returns the jobs of each kind of wrong; nothing when every promise was kept. */
    Map<String, Set<String>> wrongs() {
        Map<String, Set<String>> all = new TreeMap<>(wrongs);
        if (!remains.keys().isEmpty()) {
            all.put("keys left", remains.keys());
        }
        if (remains.newcomers().compareTo(Newcomers.SOON) > 0) {
            all.put("new jobs late after an empty restart", Set.of(remains.newcomers() + " > " + Newcomers.SOON));
        }
        long allowed = settings.lease().toMillis() + 2_000;
        if (percentile(recoveries, 0.99) > allowed) {
            all.put("recovered late", Set.of("p99 over " + allowed + " ms"));
        }
        for (What what : List.of(What.HEAP, What.THREADS, What.FILES)) {
            if (new Growth(what, entries).isTooMuch()) {
                all.put("grows", Set.of(what.name()));
            }
        }
        if (extraStarts > inFlight) {
            all.put("more starts than were in flight", Set.of(extraStarts + " > " + inFlight));
        }
        return all;
    }

    private void wrong(String what, String id) {
        wrongs.computeIfAbsent(what, none -> new TreeSet<>()).add(id);
    }

    private int count(String what) {
        return wrongs.getOrDefault(what, Set.of()).size();
    }

    private Set<String> ids(What what) {
        return entries.stream()
                .filter(entry -> entry.what() == what)
                .map(Entry::subject)
                .collect(Collectors.toSet());
    }

    /** Returns the table. */
    String table(long seconds) {
        StringBuilder table = new StringBuilder("\n");
        row(table, "seed", settings.seed());
        row(table, "jobs acknowledged", ids(What.ACKNOWLEDGED).size());
        row(
                table,
                "not known, refused",
                ids(What.UNKNOWN).size() + ", " + ids(What.REFUSED).size());
        row(table, "lost", count("lost"));
        row(table, "stuck", count("stuck"));
        row(table, "settled twice", count("settled twice") + count("made twice"));
        row(table, "two of one unique key at a time", count("two of one key"));
        row(table, "wrong end", count("wrong end") + count("finished without a start") + count("made though refused"));
        row(table, "extra starts, and their bound", extraStarts + ", " + inFlight);
        row(table, "extra starts by SIGTERM", count("started again by a polite stop"));
        row(table, "extra starts without a cause", count("started again without a cause"));
        row(
                table,
                "recovered after, p50, p99, max",
                percentile(recoveries, 0.5) + ", " + percentile(recoveries, 0.99) + ", " + percentile(recoveries, 1)
                        + " ms of " + recoveries.size() + ", lease "
                        + settings.lease().toMillis() + " ms");
        row(table, "keys left", remains.keys().size());
        row(
                table,
                "new jobs after an empty restart",
                "in " + remains.newcomers().toMillis() + " ms");
        row(table, "heap, MB a million jobs", new Growth(What.HEAP, entries).slopes());
        row(table, "threads", new Growth(What.THREADS, entries).ends());
        row(table, "files and sockets", new Growth(What.FILES, entries).ends());
        row(
                table,
                "faults",
                faults.counts().values().stream().mapToInt(Integer::intValue).sum());
        faults.counts().forEach((trouble, count) -> row(table, "  " + trouble, count));
        row(table, "seconds", seconds);
        return table.toString();
    }

    private static void row(StringBuilder table, String name, Object value) {
        table.append("%-34s %s%n".formatted(name, value));
    }

    private static long percentile(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
