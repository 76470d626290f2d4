/** A real redis-server for tests and examples; never for production. */
@NullMarked
package dev.rq4j.embedded;

import org.jspecify.annotations.NullMarked;
