/** When jobs run: later, again and again, and by cron. */
@NullMarked
package dev.rq4j.examples.scheduling;

import org.jspecify.annotations.NullMarked;
