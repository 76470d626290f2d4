package dev.rq4j.model;

import dev.rq4j.redis.ClaimedJob;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All claims that were ever made, those among them whose lease is lost. */
final class Held {

    private final Stage stage;
    private final List<ClaimedJob> claims = new ArrayList<>();

    Held(Stage stage) {
        this.stage = stage;
    }

    void add(ClaimedJob claim) {
        claims.add(claim);
    }

    /** Mostly one that is held, else one that is not any more: best of all of a job that somebody else has by now. */
    @Nullable
    ClaimedJob any() {
        List<Life> running = stage.world.in(State.RUNNING);
        if (!running.isEmpty() && stage.chance(85)) {
            return stage.one(running).claim;
        }
        List<ClaimedJob> overtaken = claims.stream()
                .filter(claim -> running.contains(life(claim)) && held(claim) == null)
                .toList();
        return stage.chance(70) && !overtaken.isEmpty()
                ? stage.one(overtaken)
                : claims.isEmpty() ? null : stage.one(claims);
    }

    /** Returns the job if this claim holds it. */
    @Nullable
    Life held(ClaimedJob claim) {
        Life life = life(claim);
        return life != null && life.isHeldBy(claim) ? life : null;
    }

    private @Nullable Life life(ClaimedJob claim) {
        return stage.world.life(claim.execution().job().value());
    }
}
