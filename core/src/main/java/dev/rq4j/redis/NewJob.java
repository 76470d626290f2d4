package dev.rq4j.redis;

import dev.rq4j.codec.PayloadCodec;
import dev.rq4j.job.JobId;
import dev.rq4j.job.JobOptions;
import dev.rq4j.job.JobRequest;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A job about to be enqueued. A random id is itself what a repetition of the request is known by; an id that was asked
 * for needs a token beside it.
 *
 * @param id its id
 * @param token what a repetition is known by, if the id is not
 * @param queue where to
 * @param options how it was asked for
 * @param fields the fields of its hash
 */
record NewJob(JobId id, String token, String queue, JobOptions options, Map<String, byte[]> fields) {

    static NewJob of(JobRequest<?> request, JobId id, String queue, PayloadCodec codec, Instant now) {
        JobOptions options = request.options();
        String token = options.id() == null ? "" : UUID.randomUUID().toString();
        return new NewJob(id, token, queue, options, JobHash.fields(request, queue, codec, now));
    }

    void addTo(Args args) {
        args.add(id.value())
                .add(token)
                .add(options.atFront() ? 4 : 2)
                .add("queue")
                .add(queue);
        if (options.atFront()) {
            args.add("front").add(1);
        }
        args.add(fields.size() * 2L);
        fields.forEach((field, value) -> args.add(field).add(value));
    }

    long size() {
        return fields.values().stream().mapToLong(value -> value.length).sum();
    }

    boolean refusesExisting() {
        return options.ifExists() == JobOptions.IfExists.REFUSE;
    }
}
