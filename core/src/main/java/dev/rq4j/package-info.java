/**
 * What an application touches: connect with {@link dev.rq4j.JobClient}, enqueue with {@link dev.rq4j.JobQueue}, await and
 * manage with {@link dev.rq4j.JobHandle}, look with {@link dev.rq4j.JobRegistry}.
 *
 * <p>Everything that returns a {@code Mono} or a {@code Flux} is cold: nothing happens before it is subscribed to, and it
 * happens again for each subscription. It emits on Reactor's parallel scheduler, whose threads must not be blocked, and
 * signals errors that are {@link dev.rq4j.job.JobException}s.
 */
@NullMarked
package dev.rq4j;

import org.jspecify.annotations.NullMarked;
