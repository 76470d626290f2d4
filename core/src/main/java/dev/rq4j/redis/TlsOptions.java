package dev.rq4j.redis;

import dev.rq4j.job.JobException;
import io.lettuce.core.SslOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whom to trust and who to be when Redis is spoken to over TLS. The files are PEM, and are read anew for each connection: a
 * certificate that was renewed is used from the next one on, without a restart.
 *
 * @param authority certificates that may have signed the server's; null for those that the JVM trusts
 * @param certificate the client's own certificate, with those that it was signed by; null where the server asks for none
 * @param key the private key of that certificate, in PKCS#8, not encrypted
 */
public record TlsOptions(
        @Nullable Path authority,
        @Nullable Path certificate,
        @Nullable Path key) {

    /** Trusts what the JVM trusts, and shows no certificate. */
    public static final TlsOptions DEFAULTS = new TlsOptions(null, null, null);

    /** Refuses with {@link JobException.Invalid} files that cannot be read, and a certificate without key. */
    public TlsOptions {
        if ((certificate == null) != (key == null)) {
            throw new JobException.Invalid("a client's certificate needs its key, and a key its certificate");
        }
        demandReadable(authority);
        demandReadable(certificate);
        demandReadable(key);
    }

    /** Returns these options with the certificates that may have signed the server's; no others are trusted then. */
    public TlsOptions withAuthority(Path authority) {
        return new TlsOptions(authority, certificate, key);
    }

    /** Returns these options with a certificate of the client's own, for a server that asks for one. */
    public TlsOptions withCertificate(Path certificate, Path key) {
        return new TlsOptions(authority, certificate, key);
    }

    SslOptions toSslOptions() {
        SslOptions.Builder options = SslOptions.builder().jdkSslProvider();
        if (authority != null) {
            options.trustManager(authority.toFile());
        }
        if (certificate != null && key != null) {
            options.keyManager(certificate.toFile(), key.toFile(), null);
        }
        return options.build();
    }

    private static void demandReadable(@Nullable Path file) {
        if (file != null && !Files.isReadable(file)) {
            throw new JobException.Invalid("a file of TLS must be readable, but this is not: " + file);
        }
    }
}
