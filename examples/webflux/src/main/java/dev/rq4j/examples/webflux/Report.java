package dev.rq4j.examples.webflux;

import java.util.List;

/** What the job returns. */
record Report(String title, List<String> pages) {}
