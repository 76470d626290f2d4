package dev.rq4j.worker;

import reactor.core.publisher.Mono;

/**
 * One call of a handler.
 *
 * @param value does the work when subscribed to
 * @param ended completes when the work has really ended, which with blocking code can be long after it was cancelled
 */
record Invocation(Mono<?> value, Mono<Void> ended) {}
