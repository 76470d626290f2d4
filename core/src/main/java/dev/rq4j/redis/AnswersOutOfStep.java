package dev.rq4j.redis;

import io.lettuce.core.RedisException;

/**
 * An answer belongs to another request: every one that follows on this connection would, too. Drivers have been seen to
 * lose count of answers after errors; whoever trusted one would run jobs that are not his.
 */
final class AnswersOutOfStep extends RedisException {

    private static final long serialVersionUID = 1;

    AnswersOutOfStep() {
        super("the answers on a connection do not belong to what was asked");
    }
}
