package dev.rq4j.worker;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** In which order a worker takes from its queues. */
public enum QueueOrder {
    /** As they are named: a job of a later queue starts only when the earlier ones are empty. */
    STRICT {
        @Override
        List<String> next(List<String> queues, long turn) {
            return queues;
        }
    },
    /** Each request for work begins with the next queue. */
    ROUND_ROBIN {
        @Override
        List<String> next(List<String> queues, long turn) {
            List<String> rotated = new ArrayList<>(queues);
            Collections.rotate(rotated, (int) -(turn % queues.size()));
            return rotated;
        }
    },
    /** Each request for work takes them in a random order. */
    RANDOM {
        @Override
        List<String> next(List<String> queues, long turn) {
            List<String> shuffled = new ArrayList<>(queues);
            Collections.shuffle(shuffled, ThreadLocalRandom.current());
            return shuffled;
        }
    };

    abstract List<String> next(List<String> queues, long turn);
}
