package dev.rq4j.examples.chaos;

/** What can happen, how often in a million jobs, and how often at least. */
enum Trouble {
    KILL_WORKER(60, 5),
    TERMINATE_WORKER(60, 3),
    FREEZE_WORKER(24, 2),
    KILL_REDIS(24, 2),
    CUT_POWER(24, 1),
    FILL_REDIS(12, 1),
    SLOW_SCRIPT(12, 1),
    BROKEN_JOBS(12, 1),
    STEP_CLOCK(12, 1),
    SWALLOW_THEN_FIN(60, 5),
    SWALLOW_THEN_RST(60, 5),
    LATE_REQUEST(40, 4),
    DELAY(24, 2),
    SLICE(20, 2),
    HALF_CLOSE(20, 1),
    STALL(16, 1);

    private final int perMillion;
    private final int least;

    Trouble(int perMillion, int least) {
        this.perMillion = perMillion;
        this.least = least;
    }

    /** Returns how often it happens while so many jobs are made; nothing is left out. */
    int count(int jobs) {
        return (int) Math.max(least, Math.round(perMillion / 1e6 * jobs));
    }
}
