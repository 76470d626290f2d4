package dev.rq4j.examples.webflux;

import dev.rq4j.job.JobException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Says in HTTP what rq4j signals. Of a job it passes on what happened; what is wrong with Redis is for the log and not for
 * the caller.
 */
@RestControllerAdvice
class JobErrors {

    private static final Logger LOG = LoggerFactory.getLogger(JobErrors.class);
    private static final String RETRY_AFTER_SECONDS = "2";

    @ExceptionHandler({JobException.Invalid.class, JobException.Unwritable.class})
    ErrorResponse invalid(JobException error) {
        return problem(HttpStatus.BAD_REQUEST, error);
    }

    @ExceptionHandler
    ErrorResponse tooLarge(JobException.TooLarge error) {
        return problem(HttpStatus.CONTENT_TOO_LARGE, error);
    }

    @ExceptionHandler
    ErrorResponse unknown(JobException.NoSuchJob error) {
        return problem(HttpStatus.NOT_FOUND, error);
    }

    @ExceptionHandler
    ErrorResponse duplicate(JobException.DuplicateJob error) {
        return problem(HttpStatus.CONFLICT, error);
    }

    /** There will be no result. */
    @ExceptionHandler({JobException.JobCanceled.class, JobException.JobStopped.class})
    ErrorResponse takenBack(JobException error) {
        return problem(HttpStatus.GONE, error);
    }

    /** The message is one line; the whole trace stays in Redis, and does not belong here. */
    @ExceptionHandler
    ErrorResponse failed(JobException.JobFailed error) {
        return problem(HttpStatus.INTERNAL_SERVER_ERROR, error);
    }

    /** It may be different in a moment; rq4j has tried for some seconds by now. */
    @ExceptionHandler({
        JobException.ServerUnavailable.class,
        JobException.Overloaded.class,
        JobException.ServerFull.class,
        JobException.Closed.class
    })
    ErrorResponse unavailable(JobException error) {
        LOG.warn("Answered 503: {}", error.getMessage());
        return problem(HttpStatus.SERVICE_UNAVAILABLE, error, "jobs cannot be reached now, try again")
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .build();
    }

    @ExceptionHandler
    ErrorResponse other(JobException error) {
        LOG.error("Answered 500", error);
        return problem(HttpStatus.INTERNAL_SERVER_ERROR, error, "something is wrong with the jobs")
                .build();
    }

    private static ErrorResponse problem(HttpStatus status, JobException error) {
        return problem(status, error, String.valueOf(error.getMessage())).build();
    }

    /** The type is set for those who asked for events: they would get the problem as one. */
    private static ErrorResponse.Builder problem(HttpStatus status, JobException error, String detail) {
        return ErrorResponse.builder(error, status, detail)
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    }
}
