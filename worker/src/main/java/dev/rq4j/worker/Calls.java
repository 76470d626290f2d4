package dev.rq4j.worker;

import dev.rq4j.codec.OwnTasks;
import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.Zlib;
import dev.rq4j.job.JobException;
import dev.rq4j.job.JobId;
import dev.rq4j.redis.ClaimedJob;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Reads what a claimed job asks for. */
final class Calls {

    private Calls() {}

    /**
     * Returns what goes in: the input of the call, or the result of another job where the job takes that.
     *
     * @throws JobException when it is not of this type
     */
    @SuppressWarnings("TypeParameterUnusedInFormals") // as the codec does
    static <I> @Nullable I input(ClaimedJob job, PayloadCodec.Call call, Type type, PayloadCodec codec) {
        JobId parent = job.inputFrom();
        if (parent == null) {
            return call.input(type);
        }
        Long tooLarge = job.oversizedInput();
        if (tooLarge != null) {
            throw new JobException.TooLarge("the result of job " + parent, codec.maxResultBytes(), tooLarge / 4 * 3);
        }
        byte[] result = job.input();
        if (result == null && type != Void.class) {
            throw new JobException.Unreadable(
                    "expected the result of job " + parent + " as " + type.getTypeName() + ", but it returned nothing");
        }
        return result == null ? null : codec.decodeValue(result, type);
    }

    /**
     * Returns the call in the payload.
     *
     * @throws JobException when there is none, or it is too large or unreadable
     */
    static PayloadCodec.Call read(ClaimedJob job, PayloadCodec codec) {
        byte[] payload = job.payload();
        if (payload != null) {
            return OwnTasks.decodeCall(codec, Zlib.inflate(payload, codec.maxPayloadBytes(), "the payload of a job"));
        }
        if (job.payloadSize() > 0) {
            throw new JobException.TooLarge("the payload of a job", codec.maxPayloadBytes(), job.payloadSize());
        }
        throw new JobException.Unreadable("the hash of a job must have its payload in the field data, but has none");
    }
}
