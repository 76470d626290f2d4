/** What can be seen of jobs, queues and workers while they run. */
@NullMarked
package dev.rq4j.examples.monitoring;

import org.jspecify.annotations.NullMarked;
