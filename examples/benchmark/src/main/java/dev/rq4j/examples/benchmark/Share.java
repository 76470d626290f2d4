package dev.rq4j.examples.benchmark;

/** What a throughput is held against. */
enum Share {
    /** The least that has to be done in Redis. */
    FLOOR("floor", "shareOfFloor", "of floor"),
    /** What rq4j's own scripts do in Redis, without rq4j. */
    OWN_SCRIPTS("own", "shareOfOwnScripts", "of own scripts"),
    /** What was reached where least was there. */
    SMALLEST("smallest", "shareOfSmallest", "of smallest");

    private final String scenarios;
    private final String json;
    private final String column;

    Share(String scenarios, String json, String column) {
        this.scenarios = scenarios;
        this.json = json;
        this.column = column;
    }

    /** Returns what its own measurement is called. */
    String scenario(String what) {
        return scenarios + '-' + what;
    }

    /** Returns whether a measurement is one of what others are held against. */
    boolean isMeasuredBy(Measurement measurement) {
        return measurement.scenario().startsWith(scenarios + '-');
    }

    String json() {
        return json;
    }

    String column() {
        return column;
    }
}
