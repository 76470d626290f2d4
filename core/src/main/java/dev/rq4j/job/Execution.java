package dev.rq4j.job;

/**
 * One attempt at a job. Its id is random for every claim and is the fence: only the attempt that holds the lease can end
 * the job.
 *
 * @param job the job
 * @param id the id of the attempt
 * @param queue the name of the queue that the job was claimed from
 */
public record Execution(JobId job, String id, String queue) {

    /** Returns how the started registry spells it: {@code <job id>:<execution id>}. */
    public String member() {
        return job.value() + ':' + id;
    }
}
