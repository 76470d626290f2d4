/** Java and Python on the same queues: each runs what the other enqueues. */
@NullMarked
package dev.rq4j.examples.python;

import org.jspecify.annotations.NullMarked;
