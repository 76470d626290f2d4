package dev.rq4j.redis;

import java.util.List;

/**
 * The answer to a request for work.
 *
 * @param jobs what was claimed
 * @param suspended whether all work is suspended
 */
public record Claims(List<ClaimedJob> jobs, boolean suspended) {

    /** Returns whether the answer says to ask again at once. */
    static boolean isMore(List<Object> answer) {
        return answer.size() == 1
                && answer.get(0) instanceof byte[] word
                && Args.text(word).equals("more");
    }

    static Claims of(List<Object> answer) {
        boolean suspended = answer.size() == 1 && answer.get(0) instanceof byte[];
        return suspended
                ? new Claims(List.of(), true)
                : new Claims(answer.stream().map(ClaimedJob::of).toList(), false);
    }
}
