package dev.rq4j.examples.benchmark;

/**
 * What Redis says it has done, all in all or between two moments.
 *
 * @param scripts the calls of scripts
 * @param commands all commands: those calls, and what the scripts call
 * @param scriptMicros the time that those calls took
 * @param cpuMicros the time of the processor, in the kernel too
 * @param bytesIn what came over the network
 * @param bytesOut what went over the network
 */
record Usage(double scripts, double commands, double scriptMicros, double cpuMicros, double bytesIn, double bytesOut) {

    Usage since(Usage before) {
        return new Usage(
                scripts - before.scripts,
                commands - before.commands,
                scriptMicros - before.scriptMicros,
                cpuMicros - before.cpuMicros,
                bytesIn - before.bytesIn,
                bytesOut - before.bytesOut);
    }

    /** Returns the part of one of so many. */
    Usage per(double count) {
        return new Usage(
                scripts / count,
                commands / count,
                scriptMicros / count,
                cpuMicros / count,
                bytesIn / count,
                bytesOut / count);
    }
}
