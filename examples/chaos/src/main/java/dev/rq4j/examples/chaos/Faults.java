package dev.rq4j.examples.chaos;

import dev.rq4j.examples.chaos.Entry.What;
import dev.rq4j.examples.chaos.Runs.Run;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was broken and when, and what that excuses. */
final class Faults {

    /** A job is in flight from before its handler begins until Redis has said that it is settled. */
    private static final long AROUND = 20;
    /** How long it may take from the end of a handler until its worker is told that Redis has it. */
    private static final long SETTLES_WITHIN = 200;

    /** How long after the lease somebody else has the job, at the latest. */
    private static final long RECOVERY = 2_000;

    /** Something that was broken, in this process or in all (0), from a time on and for so long. */
    record Fault(Trouble trouble, long process, long time, long took) {

        boolean hits(Run run) {
            return process == 0 || process == run.process();
        }
    }

    private final List<Fault> faults;
    private final long lease;
    private final int workers;
    private final int slots;
    private final Runs runs;

    Faults(List<Entry> entries, Runs runs, Settings settings) {
        this.faults = entries.stream()
                .filter(entry -> entry.what() == What.FAULT)
                .map(entry -> new Fault(
                        Trouble.valueOf(entry.subject()),
                        entry.process(),
                        entry.time(),
                        Long.parseLong(entry.detail())))
                .toList();
        this.runs = runs;
        this.lease = settings.lease().toMillis();
        this.workers = settings.workers();
        this.slots = workers * settings.slots();
    }

    Map<Trouble, Integer> counts() {
        Map<Trouble, Integer> counts = new EnumMap<>(Trouble.class);
        faults.forEach(fault -> counts.merge(fault.trouble(), 1, Integer::sum));
        return counts;
    }

    /** Returns how many jobs were in the hands of those who were hit, over all faults but polite ones; each has its slots. */
    long inFlight() {
        List<Run> all = runs.all().toList();
        return faults.stream()
                .filter(fault -> fault.trouble() != Trouble.TERMINATE_WORKER)
                .mapToLong(fault -> Math.min(
                        fault.process() == 0 ? slots : slots / workers,
                        all.stream()
                                .filter(run -> fault.hits(run)
                                        && run.start() <= fault.time() + AROUND
                                        && run.end() >= fault.time() - AROUND)
                                .count()))
                .sum();
    }

    /**
     * Returns whether the worker was asked to stop while it ran this, or just after, and before it was run again: nothing
     * else excuses what follows.
     */
    boolean stoppedPolitely(Run run, Run again) {
        return faults.stream()
                .filter(fault -> fault.trouble() == Trouble.TERMINATE_WORKER && fault.hits(run))
                .anyMatch(fault -> run.end() >= fault.time() - SETTLES_WITHIN && fault.time() <= again.start());
    }

    /** Returns whether something that was broken accounts for it that a job ran at the one time, and again at the other. */
    boolean explain(Run first, Run again) {
        return faults.stream()
                .filter(fault -> fault.trouble() != Trouble.TERMINATE_WORKER)
                .filter(fault -> fault.hits(first) || fault.hits(again))
                .anyMatch(fault -> fault.time() <= again.start()
                        && fault.time() + fault.took() + frozen(fault) + lease + RECOVERY >= first.start());
    }

    private long away(long from, long to) {
        return faults.stream()
                .mapToLong(fault -> Math.min(to, fault.time() + unheard(fault)) - Math.max(from, fault.time()))
                .filter(overlap -> overlap > 0)
                .sum();
    }

    /** Returns for how long after it began nobody was answered. */
    private static long unheard(Fault fault) {
        return switch (fault.trouble()) {
            case KILL_REDIS, CUT_POWER, SLOW_SCRIPT -> fault.took();
            case STALL -> Nemesis.CLIENT_WAITS.toMillis();
            default -> 0;
        };
    }

    /** A lease that was extended while the clock was ahead ends that much later. */
    private boolean isOfOtherTimes(Run run, long until) {
        long longest = Nemesis.LONGEST_STEP.toMillis() + lease;
        return faults.stream()
                .filter(fault -> fault.trouble() == Trouble.STEP_CLOCK)
                .anyMatch(fault -> fault.time() <= until && fault.time() + fault.took() + longest >= run.start());
    }

    private long frozen(Fault fault) {
        return fault.trouble() == Trouble.FREEZE_WORKER ? 2 * lease : 0;
    }

    /**
     * Returns, for each job that a worker had when it was killed or halted, how long it took until it ran again; the time in
     * which nobody was answered is not counted, nor a job whose lease a step of the clock has moved.
     */
    List<Long> recoveries() {
        List<Long> times = new ArrayList<>();
        for (Fault fault : faults) {
            if (fault.trouble() != Trouble.KILL_WORKER && fault.trouble() != Trouble.FREEZE_WORKER) {
                continue;
            }
            runs.all()
                    .filter(run ->
                            run.process() == fault.process() && run.start() <= fault.time() && run.end() > fault.time())
                    .forEach(run -> runs.of(run.job()).stream()
                            .filter(next -> next.start() > fault.time() && next.process() != run.process())
                            .findFirst()
                            .filter(next -> !isOfOtherTimes(run, next.start()))
                            .ifPresent(
                                    next -> times.add(next.start() - fault.time() - away(fault.time(), next.start()))));
        }
        times.sort(Long::compare);
        return times;
    }
}
