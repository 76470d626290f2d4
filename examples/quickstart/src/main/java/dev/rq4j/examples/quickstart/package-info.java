/** The main job of rq4j in one program: enqueue, run, await, retain. */
@NullMarked
package dev.rq4j.examples.quickstart;

import org.jspecify.annotations.NullMarked;
