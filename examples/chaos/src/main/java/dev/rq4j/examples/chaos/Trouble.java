package dev.rq4j.examples.chaos;

/** What can happen, and how often in a million jobs. */
enum Trouble {
    KILL_WORKER(60),
    TERMINATE_WORKER(60),
    FREEZE_WORKER(24),
    KILL_REDIS(24),
    CUT_POWER(24),
    FILL_REDIS(12),
    SLOW_SCRIPT(12),
    BROKEN_JOBS(12),
    SWALLOW_THEN_FIN(60),
    SWALLOW_THEN_RST(60),
    LATE_REQUEST(40),
    DELAY(24),
    SLICE(20),
    HALF_CLOSE(20),
    STALL(16);

    private final int perMillion;

    Trouble(int perMillion) {
        this.perMillion = perMillion;
    }

    /** Returns how often it happens while so many jobs are made; nothing is left out. */
    int count(int jobs) {
        return (int) Math.max(1, Math.round(perMillion / 1e6 * jobs));
    }
}
