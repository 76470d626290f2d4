package dev.rq4j.redis;

import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a request for work.
 *
 * @param jobs what was claimed
 * @param suspended whether all work is suspended
 * @param paused those of the queues that are paused
 */
public record Claims(List<ClaimedJob> jobs, boolean suspended, List<String> paused) {

    private static final String PAUSED = "paused:";

    /** Returns those of these queues that jobs may be taken from. */
    public List<String> open(List<String> queues) {
        return suspended
                ? List.of()
                : queues.stream().filter(queue -> !paused.contains(queue)).toList();
    }

    /** Returns whether the answer says to ask again at once. */
    static boolean isMore(List<Object> answer) {
        return answer.size() == 2 && isWord(answer.get(1), "more");
    }

    /** Returns whether this is the answer to the request with this token, and not to another one. */
    static boolean answers(List<Object> answer, String token) {
        return !answer.isEmpty() && isWord(answer.get(0), token);
    }

    private static boolean isWord(Object part, String word) {
        return part instanceof byte[] bytes && Args.text(bytes).equals(word);
    }

    /** Behind the token jobs are lists, and words say why there are no more of them. */
    static Claims of(List<Object> answer) {
        List<ClaimedJob> jobs = new ArrayList<>();
        List<String> paused = new ArrayList<>();
        boolean suspended = false;
        for (Object part : answer.subList(1, answer.size())) {
            if (part instanceof byte[] word) {
                String text = Args.text(word);
                suspended |= text.equals("suspended");
                if (text.startsWith(PAUSED)) {
                    paused.add(text.substring(PAUSED.length()));
                }
            } else {
                jobs.add(ClaimedJob.of(part));
            }
        }
        return new Claims(List.copyOf(jobs), suspended, List.copyOf(paused));
    }
}
