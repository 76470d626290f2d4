/** At most: unique jobs, so many at a time, and so many in a while. */
@NullMarked
package dev.rq4j.examples.limits;

import org.jspecify.annotations.NullMarked;
