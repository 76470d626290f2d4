package dev.rq4j.job;

import java.lang.reflect.Type;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be done: a name that both sides know, the types of what goes in and what comes out, and the options
 * that its jobs start from. Immutable; make it a constant that producers and workers share.
 *
 * <p>A Python worker finds the function by the name, so for work that Python does, the name is the dotted path of the
 * function. Names that begin with {@code rq4j.} are those of rq4j itself: what such jobs do is not for others to
 * ask for.
 *
 * @param <I> what goes in; {@link Void} for nothing
 * @param <O> what comes out; {@link Void} for nothing
 */
public final class Task<I, O> {

    private final String name;
    private final Type input;
    private final Type output;
    private final boolean named;
    private final JobOptions options;
    /** What depends on the input; null for nothing. */
    private final @Nullable BiConsumer<? super I, JobOptions.Builder> derived;

    private Task(
            String name,
            Type input,
            Type output,
            boolean named,
            JobOptions options,
            @Nullable BiConsumer<? super I, JobOptions.Builder> derived) {
        this.name = Names.task(name);
        this.input = input;
        this.output = output;
        this.named = named;
        this.options = options;
        this.derived = derived;
    }

    /**
     * Returns the task with this name and these types.
     *
     * @throws JobException.Invalid when the name is malformed or reserved
     */
    public static <I, O> Task<I, O> of(String name, Class<I> input, Class<O> output) {
        return new Task<>(
                free(name),
                Checks.given("the input of a task", input),
                Checks.given("the output of a task", output),
                false,
                JobOptions.DEFAULTS,
                null);
    }

    /** Returns the task with this name and these types, for types that have parameters of their own. */
    public static <I, O> Task<I, O> of(String name, TypeRef<I> input, TypeRef<O> output) {
        return new Task<>(
                free(name),
                Checks.given("the input of a task", input).type(),
                Checks.given("the output of a task", output).type(),
                false,
                JobOptions.DEFAULTS,
                null);
    }

    /**
     * Returns a task of rq4j's own, whose name is {@code rq4j.} and this: for the worker module, and not part of the API that
     * is kept stable. Such jobs make workers do what no handler of the application does.
     */
    public static <I, O> Task<I, O> reserved(String name, Class<I> input, Class<O> output) {
        return new Task<>(Names.RESERVED_TASKS + name, input, output, false, JobOptions.DEFAULTS, null);
    }

    private static String free(String name) {
        Checks.demand(
                !Names.task(name).startsWith(Names.RESERVED_TASKS),
                "tasks that begin with \"" + Names.RESERVED_TASKS + "\" are rq4j's own, but the name was "
                        + Names.shown(name));
        return name;
    }

    /** Returns this task with other default options; the change starts from the present ones. */
    public Task<I, O> with(Consumer<JobOptions.Builder> change) {
        return new Task<>(name, input, output, named, options.with(change), derived);
    }

    /**
     * Returns this task with options that depend on the input of each job, such as keys that are made of it:
     * {@code SEND.with((email, job) -> job.unique(Unique.within("welcome:" + email.to(), ofMinutes(5))))}. The change is
     * made each time that a request is: after those that hold for all inputs and before that of the request. The input is
     * null where the task takes none.
     */
    public Task<I, O> with(BiConsumer<? super I, JobOptions.Builder> change) {
        BiConsumer<? super I, JobOptions.Builder> before = derived;
        BiConsumer<I, JobOptions.Builder> both = (given, job) -> {
            if (before != null) {
                before.accept(given, job);
            }
            change.accept(given, job);
        };
        return new Task<>(name, input, output, named, options, both);
    }

    /**
     * Returns this task sending the fields of its input as named arguments, {@code f(to=..., subject=...)} in Python.
     * Otherwise the input is the one positional argument.
     */
    public Task<I, O> namedArguments() {
        return new Task<>(name, input, output, true, options, derived);
    }

    /**
     * Returns a request to do this with the task's options.
     *
     * @throws JobException.Invalid when there is no input, and the task takes one
     */
    public JobRequest<O> request(@Nullable I input) {
        return derived == null ? new JobRequest<>(this, present(input), options) : request(input, job -> {});
    }

    /** Returns a request as {@link #request(Object)} does; the change starts from the task's options. */
    public JobRequest<O> request(@Nullable I input, Consumer<JobOptions.Builder> change) {
        return new JobRequest<>(this, present(input), options.forOneJob(job -> {
            derive(input, job);
            change.accept(job);
        }));
    }

    @SuppressWarnings("NullAway") // null only where the task's input is Void
    private void derive(@Nullable I input, JobOptions.Builder job) {
        if (derived != null) {
            derived.accept(input, job);
        }
    }

    /**
     * Returns a request to do this with what another job returned: it waits for that job to finish and takes its result,
     * which has to be readable as this task's input.
     *
     * @throws JobException.Invalid when the task takes no input, or has options that depend on it, which is not known yet
     */
    public JobRequest<O> requestFromResultOf(JobId parent) {
        return requestFromResultOf(parent, job -> {});
    }

    /** Returns a request as {@link #requestFromResultOf(JobId)} does; the change starts from the task's options. */
    public JobRequest<O> requestFromResultOf(JobId parent, Consumer<JobOptions.Builder> change) {
        Checks.demand(input != Void.class, "task " + name + " takes no input, so it cannot take the result of a job");
        Checks.demand(
                derived == null,
                "task " + name + " has options that depend on its input, which is not known before job " + parent
                        + " has finished");
        return new JobRequest<>(
                this, null, options.forOneJob(job -> change.accept(job.inputFrom(Checks.given("a parent", parent)))));
    }

    private @Nullable I present(@Nullable I input) {
        if (input == null && input() != Void.class) {
            throw new JobException.Invalid(
                    "task " + name + " takes a " + input().getTypeName() + ", but the input is null");
        }
        return input;
    }

    /** Returns the name that both sides know. */
    public String name() {
        return name;
    }

    /** Returns the type of what goes in. */
    public Type input() {
        return input;
    }

    /** Returns the type of what comes out. */
    public Type output() {
        return output;
    }

    /** Returns whether the input is sent as named arguments. */
    public boolean isNamed() {
        return named;
    }

    /** Returns the options that jobs of this task start from, without those that depend on the input. */
    public JobOptions options() {
        return options;
    }

    @Override
    public String toString() {
        return name;
    }
}
