package dev.rq4j.examples.benchmark;

/**
 * What one round took.
 *
 * @param count how many jobs it did
 * @param nanos how long that took
 * @param usage what it cost Redis
 */
record Sample(long count, long nanos, Usage usage) {

    double perSecond() {
        return count * 1e9 / nanos;
    }

    double micros() {
        return nanos / 1e3 / count;
    }
}
