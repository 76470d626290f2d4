package dev.rq4j.worker;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.redis.Engine;

/**
 * What a session works with.
 *
 * @param threads where things run
 * @param settler writes how runs ended
 * @param strangers what becomes of jobs that nobody here can do
 * @param engine what stands below
 */
record Tools(Threads threads, Settler settler, Strangers strangers, Engine engine) {

    /** Returns what reads payloads and writes results. */
    PayloadCodec codec() {
        return engine.codec();
    }
}
