package dev.rq4j.redis;

import java.util.List;

/**
 * What came of a search for leases that ran out.
 *
 * @param queued the jobs that were queued again
 * @param failed the jobs that were failed as abandoned
 */
public record Recovered(List<String> queued, List<String> failed) {

    static Recovered of(List<Object> answer) {
        return new Recovered(Answers.texts(answer.get(2)), Answers.texts(answer.get(3)));
    }
}
