package dev.rq4j.worker;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.codec.Zlib;
import dev.rq4j.job.JobException;
import dev.rq4j.redis.ClaimedJob;

/** Reads what a claimed job asks for. */
final class Calls {

    private Calls() {}

    /**
     * Returns the call in the payload.
     *
     * @throws JobException when there is none, or it is too large or unreadable
     */
    static PayloadCodec.Call read(ClaimedJob job, PayloadCodec codec) {
        byte[] payload = job.payload();
        if (payload != null) {
            return codec.decodeCall(Zlib.inflate(payload, codec.maxPayloadBytes(), "the payload of a job"));
        }
        if (job.payloadSize() > 0) {
            throw new JobException.TooLarge("the payload of a job", codec.maxPayloadBytes(), job.payloadSize());
        }
        throw new JobException.Unreadable("the hash of a job must have its payload in the field data, but has none");
    }
}
