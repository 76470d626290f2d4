package dev.rq4j.examples.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/** What became of each job, by what Redis did. */
final class Books {

    /** One job's page. */
    static final class Page {
        private boolean live;
        private int made;
        private int ends;
        private boolean shared;
        private @Nullable End end;

        /** Returns how it ended last, or null if it did not. */
        @Nullable
        End end() {
            return end;
        }

        /** Returns how often it ended. */
        int ends() {
            return ends;
        }

        /** Returns how often it was made. */
        int made() {
            return made;
        }

        boolean isLive() {
            return live;
        }

        /** Returns whether another job had its unique key when it was made. */
        boolean sharesKey() {
            return shared;
        }

        private void status(String status) {
            End now = End.of(status);
            if (now != null) {
                live = false;
                end = now;
                ends++;
            } else if (!live) {
                live = true;
                made++;
            }
        }

        private void gone() {
            if (live) {
                live = false;
                end = End.GONE;
                ends++;
            }
        }
    }

    private static final String JOB = "rq:job:";

    private final Map<String, Page> pages = new HashMap<>();
    private final Map<String, Page> holders = new HashMap<>();

    /** Reads what happened to all jobs. */
    static Books of(NavigableSet<Path> history) throws IOException {
        Books books = new Books();
        for (Path file : history) {
            History.read(file, books::enter);
        }
        return books;
    }

    /** Returns the page of a job, or null if there never was one. */
    @Nullable
    Page page(String id) {
        return pages.get(id);
    }

    private void enter(List<String> words) {
        switch (words.get(0).toUpperCase(Locale.ROOT)) {
            case "HSET", "HMSET" -> {
                for (int i = 2; isJob(words.get(1)) && i + 1 < words.size(); i += 2) {
                    Page page = pageOf(words.get(1));
                    if (words.get(i).equals("status")) {
                        page.status(words.get(i + 1));
                    } else if (words.get(i).equals("unique_key")) {
                        Page before = holders.put(words.get(i + 1), page);
                        page.shared |= before != null && before != page && before.live;
                    }
                }
            }
            // A new job comes as a dump, with what it asks for; its unique key is written beside.
            case "RESTORE" -> {
                if (isJob(words.get(1))) {
                    pageOf(words.get(1)).status("queued");
                }
            }
            case "DEL", "UNLINK" ->
                words.stream()
                        .skip(1)
                        .filter(Books::isJob)
                        .forEach(key -> pageOf(key).gone());
            default -> {}
        }
    }

    private Page pageOf(String key) {
        return pages.computeIfAbsent(key.substring(JOB.length()), id -> new Page());
    }

    private static boolean isJob(String key) {
        return key.startsWith(JOB) && key.indexOf(':', JOB.length()) < 0;
    }
}
