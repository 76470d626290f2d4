package dev.rq4j.redis;

import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a request for work.
 *
 * @param jobs what was claimed
 * @param suspended whether all work is suspended
 * @param paused those of the queues that are paused
 * @param more whether there is more in the queues, at which the request did not look so as not to take long
 */
public record Claims(List<ClaimedJob> jobs, boolean suspended, List<String> paused, boolean more) {

    private static final String PAUSED = "paused:";

    /** Returns those of these queues that jobs may be taken from. */
    public List<String> open(List<String> queues) {
        return suspended
                ? List.of()
                : queues.stream().filter(queue -> !paused.contains(queue)).toList();
    }

    /** Returns whether this is the answer to the request with this token, and not to another one. */
    static boolean answers(List<Object> answer, String token) {
        return !answer.isEmpty()
                && answer.get(0) instanceof byte[] bytes
                && Args.text(bytes).equals(token);
    }

    /** Behind the token jobs are lists, and words say why there are no more of them. */
    static Claims of(List<Object> answer) {
        List<ClaimedJob> jobs = new ArrayList<>();
        List<String> paused = new ArrayList<>();
        boolean suspended = false;
        boolean more = false;
        for (Object part : answer.subList(1, answer.size())) {
            if (part instanceof byte[] word) {
                String text = Args.text(word);
                suspended |= text.equals("suspended");
                more |= text.equals("more");
                if (text.startsWith(PAUSED)) {
                    paused.add(text.substring(PAUSED.length()));
                }
            } else {
                jobs.add(ClaimedJob.of(part));
            }
        }
        return new Claims(List.copyOf(jobs), suspended, List.copyOf(paused), more);
    }
}
