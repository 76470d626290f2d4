/**
 * The duties of workers for all, one a class: any number of workers may do them at once, and of those that serve a queue one
 * does, as {@link dev.rq4j.worker.maintenance.Turns} says.
 */
@NullMarked
package dev.rq4j.worker.maintenance;

import org.jspecify.annotations.NullMarked;
