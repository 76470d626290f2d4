/**
 * What runs jobs: {@link dev.rq4j.worker.Worker} with handlers, or a stream of claims for a pipeline of one's own.
 *
 * <p>A run in order: {@code ClaimStream} claims as many jobs as there are free slots, {@code ExecutionRunner} runs each and
 * makes an {@code Ending} of it, which settles the job; meanwhile {@code Leases} keeps what is held from running out.
 */
@NullMarked
package dev.rq4j.worker;

import org.jspecify.annotations.NullMarked;
