/** The vocabulary: immutable values that say what a job is, with no Redis, no Reactor and no JSON in them. */
@NullMarked
package dev.rq4j.job;

import org.jspecify.annotations.NullMarked;
