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

    /** Mostly one that is held. */
    @Nullable
    ClaimedJob any() {
        List<Life> running = stage.world.in(State.RUNNING);
        if (!running.isEmpty() && stage.chance(90)) {
            return stage.one(running).claim;
        }
        return claims.isEmpty() ? null : stage.one(claims);
    }

    /** Returns the job if this claim holds it. */
    @Nullable
    Life held(ClaimedJob claim) {
        Life life = stage.world.life(claim.execution().job().value());
        return life != null && life.isHeldBy(claim) ? life : null;
    }
}
