package dev.rq4j.examples.benchmark;

/** One question that the benchmark answers. */
interface Scenario {

    /** Returns the name by which it is asked for. */
    String name();

    /** Measures, and tells the bench's report. */
    void measure(Bench bench) throws Exception;
}
