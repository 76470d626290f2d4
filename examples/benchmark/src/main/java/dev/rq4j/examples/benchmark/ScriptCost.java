package dev.rq4j.examples.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * What a job takes of Redis' processor, where it is claimed and finished with others in calls that follow one another.
 *
 * @param claimMicros to be claimed
 * @param finishMicros to be finished
 */
record ScriptCost(double claimMicros, double finishMicros) {

    /** Runs so many jobs, which wait already. */
    static <C> ScriptCost of(Bench bench, Scripts<C> scripts, int jobs) throws Exception {
        List<C> claimed = new ArrayList<>();
        Sample claims = bench.timed(jobs, () -> {
            for (int i = 0; i < jobs; i += Floors.MANY) {
                claimed.addAll(scripts.claim(Math.min(Floors.MANY, jobs - i))
                        .toCompletableFuture()
                        .join());
            }
        });
        Sample finishes = bench.timed(jobs, () -> {
            for (int i = 0; i < claimed.size(); i += Floors.MANY) {
                scripts.finish(claimed.subList(i, Math.min(claimed.size(), i + Floors.MANY)))
                        .toCompletableFuture()
                        .join();
            }
        });
        return new ScriptCost(
                claims.usage().cpuMicros() / jobs, finishes.usage().cpuMicros() / jobs);
    }

    /** Returns the least of each: what shares the machine can only add to it. */
    static ScriptCost least(List<ScriptCost> costs) {
        return new ScriptCost(
                Spread.of(costs, ScriptCost::claimMicros).min(),
                Spread.of(costs, ScriptCost::finishMicros).min());
    }
}
