package dev.rq4j.examples.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What happens when: the seed says it, so that a run can be had again. */
final class Schedule {

    /** Something that happens when so many jobs are acknowledged; the seed decides what is left to chance in it. */
    record Fault(Trouble trouble, int at, long seed) {}

    private Schedule() {}

    /** Spreads all that is to happen over the jobs, in any order, with some calm at both ends. */
    static List<Fault> of(long seed, int jobs) {
        Random random = new Random(seed);
        List<Trouble> troubles = new ArrayList<>();
        for (Trouble trouble : Trouble.values()) {
            troubles.addAll(Collections.nCopies(trouble.count(jobs), trouble));
        }
        Collections.shuffle(troubles, random);
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < troubles.size(); i++) {
            int at = (int) (jobs * (0.04 + 0.92 * i / troubles.size()));
            faults.add(new Fault(troubles.get(i), at, random.nextLong()));
        }
        return faults;
    }
}
