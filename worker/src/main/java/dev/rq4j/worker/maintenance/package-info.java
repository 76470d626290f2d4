/** The duties that every worker does for all, one a class: any number of workers may do them at once. */
@NullMarked
package dev.rq4j.worker.maintenance;

import org.jspecify.annotations.NullMarked;
