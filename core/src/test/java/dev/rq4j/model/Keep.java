package dev.rq4j.model;

import dev.rq4j.job.Retention;

/** How long a job is kept once it has ended, in units of time. */
enum Keep {
    NOT(0),
    SHORT(1),
    LONG(3),
    FOR_EVER(-1),
    /** For a finished one less than a unit, for the others a year. */
    DEFAULT(1);

    final int units;

    Keep(int units) {
        this.units = units;
    }

    Retention retention() {
        return units < 0 ? Retention.forever() : new Retention(Wish.UNIT.toSeconds() * units);
    }
}
