package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import dev.rq4j.job.JobRequest;

/**
 * A request with the id that was chosen for it and the queue that it goes to.
 *
 * @param id the id
 * @param queue the name of the queue
 * @param request what is to be done
 */
public record Placed(JobId id, String queue, JobRequest<?> request) {}
