/** What becomes of jobs that fail. */
@NullMarked
package dev.rq4j.examples.retries;

import org.jspecify.annotations.NullMarked;
