package dev.rq4j.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rq4j.job.JobException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How a worker calls webhooks. Immutable. The secret stays in this process: it is in no job, no log and no text of this
 * object.
 */
public final class WebhookOptions {

    /** Unsigned, to wherever a webhook says. */
    public static final WebhookOptions DEFAULTS = new WebhookOptions(null, url -> true);

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST = 16;

    private final @Nullable SecretKeySpec secret;
    private final Predicate<URI> allowed;

    private WebhookOptions(@Nullable SecretKeySpec secret, Predicate<URI> allowed) {
        this.secret = secret;
        this.allowed = allowed;
    }

    /**
     * Signs every call, so that the receiver knows who it is from: {@code X-Rq4j-Signature: t=<seconds>,v1=<signature>},
     * where the signature is the HMAC-SHA256 in hexadecimal of the seconds, a dot, and the body, with this secret in
     * UTF-8. A receiver computes it anew, compares it in constant time, and refuses times long past. All workers of a
     * queue need the same secret. Default: no signature.
     *
     * @throws JobException.Invalid when the secret has fewer than 16 characters
     */
    public WebhookOptions signedWith(String secret) {
        if (secret.length() < SHORTEST) {
            throw new JobException.Invalid(
                    "the secret of webhooks must have at least " + SHORTEST + " characters, but has fewer");
        }
        return new WebhookOptions(new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM), allowed);
    }

    /**
     * Calls only what this allows, looked at each time anew; other calls fail and are not tried again. Whoever can enqueue
     * a job can have this process call any URL: name the hosts that it may call where not all of those are trusted. A host
     * is allowed by its name, wherever that leads. Default: every http and https URL.
     */
    public WebhookOptions allowing(Predicate<URI> allowed) {
        return new WebhookOptions(secret, allowed);
    }

    boolean allows(URI url) {
        return allowed.test(url);
    }

    /** Returns the value of the header for a body that is sent now; null when nothing is to be signed. */
    @Nullable
    String signature(String body, Instant now) {
        if (secret == null) {
            return null;
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            byte[] signature = mac.doFinal((now.getEpochSecond() + "." + body).getBytes(UTF_8));
            return "t=" + now.getEpochSecond() + ",v1=" + HexFormat.of().formatHex(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "WebhookOptions[" + (secret == null ? "not signed" : "signed") + "]";
    }
}
