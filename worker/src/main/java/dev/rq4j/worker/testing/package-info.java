/** What tests of applications run their jobs with: {@link dev.rq4j.worker.testing.TestWorker}. */
@NullMarked
package dev.rq4j.worker.testing;

import org.jspecify.annotations.NullMarked;
