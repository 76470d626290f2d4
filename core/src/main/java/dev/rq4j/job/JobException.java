package dev.rq4j.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Everything that rq4j signals as an error, one class a cause, each naming what was expected and what came. */
public abstract sealed class JobException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private JobException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** An option, a name or a combination of them that cannot be; nothing was written to Redis. */
    public static final class Invalid extends JobException {
        private static final long serialVersionUID = 1L;

        /** Says what was expected and what came. */
        public Invalid(String message) {
            super(message, null);
        }
    }

    /** An error that concerns one job, whose id it carries. */
    public abstract static sealed class OfJob extends JobException {
        private static final long serialVersionUID = 1L;

        private final JobId job;

        private OfJob(JobId job, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.job = job;
        }

        /** Returns the id of the job. */
        public final JobId job() {
            return job;
        }
    }

    /** A job with the id asked for exists already. */
    public static final class DuplicateJob extends OfJob {
        private static final long serialVersionUID = 1L;

        /** The id that exists. */
        public DuplicateJob(JobId job) {
            super(job, "job " + job + " exists already", null);
        }
    }

    /** No job has this id: it was never there, was deleted, expired, or was to be kept for no time at all. */
    public static final class NoSuchJob extends OfJob {
        private static final long serialVersionUID = 1L;

        /** The id that nobody has. */
        public NoSuchJob(JobId job) {
            super(job, "there is no job " + job + ": never enqueued, deleted, expired or not kept", null);
        }
    }

    /** A job was to wait for another that does not exist; nothing of it was written. */
    public static final class NoSuchDependency extends OfJob {
        private static final long serialVersionUID = 1L;

        private final JobId dependency;

        /** The job that was to be enqueued, and the one that it was to wait for. */
        public NoSuchDependency(JobId job, JobId dependency) {
            super(job, "job " + job + " depends on job " + dependency + ", which does not exist", null);
            this.dependency = dependency;
        }

        /** Returns the id that nobody has. */
        public JobId dependency() {
            return dependency;
        }
    }

    /** The job is in a status that does not allow what was asked for; nothing was changed. */
    public static final class WrongStatus extends OfJob {
        private static final long serialVersionUID = 1L;

        private final JobStatus found;

        /** The job, what was asked for, the statuses that allow it in words, and the one that the job has. */
        public WrongStatus(JobId job, String asked, String expected, JobStatus found) {
            super(job, "to " + asked + ", job " + job + " must be " + expected + ", but is " + found.wireName(), null);
            this.found = found;
        }

        /** Returns the status that the job has. */
        public JobStatus found() {
            return found;
        }
    }

    /** The job had not started when its time to live in the queue was over; nothing of it is left. */
    public static final class JobExpired extends OfJob {
        private static final long serialVersionUID = 1L;

        /** The job that expired. */
        public JobExpired(JobId job) {
            super(job, "job " + job + " expired: it did not start within its ttl", null);
        }
    }

    /** The job has not ended yet, and its result was asked for as it is now. */
    public static final class NotEnded extends OfJob {
        private static final long serialVersionUID = 1L;

        private final JobStatus status;

        /** The job and where it is. */
        public NotEnded(JobId job, JobStatus status) {
            super(job, "job " + job + " has not ended: it is " + status.wireName(), null);
            this.status = status;
        }

        /** Returns where the job is. */
        public JobStatus status() {
            return status;
        }
    }

    /** The job ended with an error; {@link #trace()} is what the worker recorded, in Java or in Python. */
    public static final class JobFailed extends OfJob {
        private static final long serialVersionUID = 1L;

        private final String trace;

        /** The whole text that the worker recorded. */
        public JobFailed(JobId job, String trace) {
            super(job, "job " + job + " failed: " + summary(trace), null);
            this.trace = trace;
        }

        /** Returns the stack trace or traceback that the worker recorded. */
        public String trace() {
            return trace;
        }

        /** Returns what went wrong, in one line. */
        public String reason() {
            return summary(trace);
        }

        /** Python ends a traceback with the error, Java begins with it. */
        private static String summary(String trace) {
            String[] lines = trace.strip().split("\n", -1);
            boolean python = lines[0].startsWith("Traceback") || lines[0].startsWith("  File ");
            String line = lines[python ? lines.length - 1 : 0].strip();
            return line.isEmpty() ? "no reason was recorded" : line;
        }
    }

    /** The job was stopped while it ran. */
    public static final class JobStopped extends OfJob {
        private static final long serialVersionUID = 1L;

        /** The job that was stopped. */
        public JobStopped(JobId job) {
            super(job, "job " + job + " was stopped while it ran", null);
        }
    }

    /** The job was canceled. */
    public static final class JobCanceled extends OfJob {
        private static final long serialVersionUID = 1L;

        /** The job that was canceled. */
        public JobCanceled(JobId job) {
            super(job, "job " + job + " was canceled", null);
        }
    }

    /** The attempt took longer than the job's timeout. */
    public static final class JobTimedOut extends OfJob {
        private static final long serialVersionUID = 1L;

        /** The job and its limit. */
        public JobTimedOut(JobId job, Duration timeout) {
            super(job, "job " + job + " ran longer than its timeout of " + timeout, null);
        }
    }

    /** The attempt no longer holds its lease: it was settled, canceled, deleted or given to another worker. */
    public static final class LeaseLost extends OfJob {
        private static final long serialVersionUID = 1L;

        /** The job whose lease is lost. */
        public LeaseLost(JobId job) {
            super(job, "the lease on job " + job + " is gone: settled, canceled, deleted or claimed again", null);
        }
    }

    /** A handler died of an error that Java calls fatal, such as an endless recursion. */
    public static final class HandlerBroke extends JobException {
        private static final long serialVersionUID = 1L;

        /** What it died of. */
        public HandlerBroke(Throwable cause) {
            super("the handler broke: " + cause, cause);
        }
    }

    /** No handler is registered for the job's task. */
    public static final class UnknownTask extends JobException {
        private static final long serialVersionUID = 1L;

        /** The task asked for, and those that the worker knows. */
        public UnknownTask(String task, Iterable<String> known) {
            super(
                    "no handler for task " + Names.shown(task) + "; this worker handles: " + String.join(", ", known),
                    null);
        }
    }

    /** Bytes that are not what they should be: a payload, a result, or a field of a job's hash. */
    public static final class Unreadable extends JobException {
        private static final long serialVersionUID = 1L;

        /** Says what was expected and what came, without quoting the data. */
        public Unreadable(String message) {
            super(message, null);
        }
    }

    /** Data over the limit, found before it was read or sent. */
    public static final class TooLarge extends JobException {
        private static final long serialVersionUID = 1L;

        /** What is too large, the limit in bytes, and the size in bytes where it is known. */
        public TooLarge(String what, long limit, @Nullable Long size) {
            super(
                    what + " is limited to " + limit + " bytes, but " + (size == null ? "is larger" : "has " + size),
                    null);
        }
    }

    /** No cron entry has this name: it was never put, or removed. */
    public static final class NoSuchCronEntry extends JobException {
        private static final long serialVersionUID = 1L;

        /** The name that nobody has. */
        public NoSuchCronEntry(String name) {
            super("there is no cron entry \"" + name + "\": never put, or removed", null);
        }
    }

    /** A value that cannot be written. */
    public static final class Unwritable extends JobException {
        private static final long serialVersionUID = 1L;

        /** Says what could not be written, and why. */
        public Unwritable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** A webhook could not be called, or its receiver did not accept the call. */
    public static final class WebhookFailed extends JobException {
        private static final long serialVersionUID = 1L;

        /** What happened, without the path, which can be secret. */
        public WebhookFailed(String message, @Nullable Throwable cause) {
            super("the webhook failed: " + message, cause);
        }
    }

    /** A live worker has the name already. */
    public static final class WorkerNameTaken extends JobException {
        private static final long serialVersionUID = 1L;

        /** The name that is taken. */
        public WorkerNameTaken(String name) {
            super("a live worker is named \"" + name + "\"; one that died keeps its name for a minute", null);
        }
    }

    /** An error that concerns the Redis server. */
    public abstract static sealed class OfServer extends JobException {
        private static final long serialVersionUID = 1L;

        private OfServer(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Redis cannot be reached, does not answer in time, or says that it cannot serve now. */
    public static final class ServerUnavailable extends OfServer {
        private static final long serialVersionUID = 1L;

        /** What was tried and why it did not work. */
        public ServerUnavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Redis demands a password or refuses the one given, or refuses a command to this user. */
    public static final class AccessDenied extends OfServer {
        private static final long serialVersionUID = 1L;

        /** What Redis said. */
        public AccessDenied(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The Redis reached is a read-only replica. */
    public static final class ServerReadOnly extends OfServer {
        private static final long serialVersionUID = 1L;

        /** What Redis said. */
        public ServerReadOnly(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Redis has no memory left and its policy is to refuse writes. */
    public static final class ServerFull extends OfServer {
        private static final long serialVersionUID = 1L;

        /** What Redis said. */
        public ServerFull(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The server is older than Redis 7.0. */
    public static final class ServerUnsupported extends OfServer {
        private static final long serialVersionUID = 1L;

        /** The version found. */
        public ServerUnsupported(String found) {
            super("rq4j needs Redis 7.0 or newer, or Valkey 7.2 or newer, but the server is " + found, null);
        }
    }

    /** The server drops keys when its memory is full, which loses jobs. */
    public static final class ServerEvicting extends OfServer {
        private static final long serialVersionUID = 1L;

        /** The maxmemory-policy found. */
        public ServerEvicting(String policy) {
            super(
                    "rq4j needs a Redis with maxmemory-policy noeviction, but it is " + policy
                            + ", which drops jobs when the memory is full; withEvictionAllowed() accepts that",
                    null);
        }
    }

    /** More commands wait for Redis than the client may hold; the command was not sent. */
    public static final class Overloaded extends OfServer {
        private static final long serialVersionUID = 1L;

        /** The bound that was reached. */
        public Overloaded(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Redis answered with an error that none of the above covers. */
    public static final class ServerError extends OfServer {
        private static final long serialVersionUID = 1L;

        /** What Redis said. */
        public ServerError(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The client was closed by the application. */
    public static final class Closed extends JobException {
        private static final long serialVersionUID = 1L;

        /** Nothing else to say. */
        public Closed() {
            super("the client is closed", null);
        }
    }
}
