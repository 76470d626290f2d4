/** Jobs that wait for others: dependencies, chains, callbacks and groups. */
@NullMarked
package dev.rq4j.examples.dependencies;

import org.jspecify.annotations.NullMarked;
