package dev.rq4j.job;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An HTTP call that tells somebody how a job ended. Immutable.
 *
 * @param url where to: http or https, with a host
 * @param event which end it tells of
 * @param method how; a POST carries a JSON document about the job
 * @param headers what to send along
 * @param timeout how long to wait for the answer, in whole seconds up to ten minutes
 */
public record Webhook(URI url, Event event, Method method, Map<String, String> headers, Duration timeout) {

    /** How long to wait for the answer when nothing was asked for, as in Python RQ. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int MAX_URL = 2048;
    private static final int MAX_HEADERS = 50;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]{0,4000}");

    /** The HTTP client sets these itself. */
    private static final Set<String> RESERVED =
            Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

    /** Which end a webhook tells of. */
    public enum Event {
        /** The job ended well. */
        FINISHED,
        /** The job failed for good. */
        FAILED;

        /** Returns the status that Python RQ writes. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How a webhook is called. */
    public enum Method {
        /** With nothing but the URL and the headers. */
        GET,
        /** With a JSON document about the job. */
        POST
    }

    /** Refuses what cannot be, with {@link JobException.Invalid}. */
    public Webhook {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        Checks.demand(
                scheme.equals("http") || scheme.equals("https"),
                "the url of a webhook must begin with http:// or https://, but its scheme was " + Names.shown(scheme));
        Checks.demand(
                url.getHost() != null && url.toString().length() <= MAX_URL,
                "the url of a webhook must have a host and at most " + MAX_URL + " characters, but has "
                        + (url.getHost() == null ? "no host and " : "")
                        + url.toString().length());
        Checks.demand(
                url.getRawUserInfo() == null,
                "the url of a webhook must not have a user and password in it; use a header");
        timeout = Checks.wholeSeconds(Checks.positive("the timeout of a webhook", Checks.TEN_YEARS, timeout));
        Checks.demand(
                timeout.compareTo(LONGEST) <= 0,
                "the timeout of a webhook must be at most " + LONGEST + ", but was " + timeout);
        Checks.within("the number of headers of a webhook", 0, MAX_HEADERS, headers.size());
        headers.forEach(Webhook::checkHeader);
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Posts to this URL when the job has finished. */
    public static Webhook onFinished(String url) {
        return new Webhook(parse(url), Event.FINISHED, Method.POST, Map.of(), DEFAULT_TIMEOUT);
    }

    /** Posts to this URL when the job has failed for good; attempts that are retried are not told. */
    public static Webhook onFailed(String url) {
        return new Webhook(parse(url), Event.FAILED, Method.POST, Map.of(), DEFAULT_TIMEOUT);
    }

    /** Calls the URL in this way. Default: {@link Method#POST}. */
    public Webhook method(Method method) {
        return new Webhook(url, event, method, headers, timeout);
    }

    /** Sends this header along; one of the same name is replaced. */
    public Webhook header(String name, String value) {
        Map<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.remove(name);
        more.put(name, value);
        return new Webhook(url, event, method, more, timeout);
    }

    /** Waits this long for the answer, in whole seconds, a fraction rounded up. Default: 10 s. */
    public Webhook timeout(Duration timeout) {
        return new Webhook(url, event, method, headers, timeout);
    }

    /** Names the host and neither path nor headers, which can be secret. */
    @Override
    public String toString() {
        return "Webhook[" + event.wireName() + " to " + url.getHost() + "]";
    }

    private static void checkHeader(String name, String value) {
        Checks.demand(
                NAME.matcher(name).matches() && !RESERVED.contains(name.toLowerCase(Locale.ROOT)),
                "the name of a webhook's header must be a token that the client does not set itself, but was "
                        + Names.shown(name));
        Checks.demand(
                VALUE.matcher(value).matches(),
                "the value of a webhook's header " + name + " must be up to 4000 characters on one line");
    }

    private static URI parse(String url) {
        try {
            return new URI(Checks.given("the url of a webhook", url));
        } catch (URISyntaxException malformed) {
            // The path can be secret.
            throw new JobException.Invalid(
                    "the url of a webhook must be one, but is malformed at character " + malformed.getIndex());
        }
    }
}
