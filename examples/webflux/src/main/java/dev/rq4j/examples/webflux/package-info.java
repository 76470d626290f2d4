/**
 * rq4j in a Spring WebFlux application: HTTP takes orders for reports, an embedded worker writes them, and whoever ordered
 * one looks, waits or listens. Begin with {@code ReportController}.
 */
@NullMarked
package dev.rq4j.examples.webflux;

import org.jspecify.annotations.NullMarked;
