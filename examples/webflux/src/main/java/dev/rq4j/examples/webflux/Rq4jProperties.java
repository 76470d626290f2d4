package dev.rq4j.examples.webflux;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be configured, as {@code rq4j.redis} and so on.
 *
 * @param redis where Redis is, {@code redis://[user:password@]host[:port][/database]}; null to start one for trying out
 * @param queue the queue that reports are ordered in
 * @param concurrency how many reports are written at a time
 * @param grace how long the reports under way may take to end at shutdown; shorter than
 *     {@code spring.lifecycle.timeout-per-shutdown-phase}
 */
@ConfigurationProperties("rq4j")
record Rq4jProperties(
        @Nullable String redis,
        @DefaultValue("reports") String queue,
        @DefaultValue("16") int concurrency,
        @DefaultValue("20s") Duration grace) {}
