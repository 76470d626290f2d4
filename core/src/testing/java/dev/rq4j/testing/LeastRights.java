package dev.rq4j.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The rights of the library's user as they are shipped, for the prefixes of tests, beside an administrator. */
public final class LeastRights {

    /** The password of both users of the variant for tests. */
    public static final String PASSWORD = "for-tests";

    private static final String FILE = "/dev/rq4j/acl/rq4j.acl";

    private LeastRights() {}

    /** Returns the file as it is shipped. */
    public static String shipped() {
        try (InputStream file = Objects.requireNonNull(LeastRights.class.getResourceAsStream(FILE), FILE)) {
            return new String(file.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes the variant for keys of this pattern to a temporary file and returns its path. The commands are the shipped
     * ones, and {@code more}.
     */
    public static Path writeFor(String pattern, String more) {
        String library = shipped()
                .strip()
                .replace("~rq:*", '~' + pattern)
                .replace("&rq:*", '&' + pattern)
                .replace("resetpass", "resetpass >" + PASSWORD);
        try {
            Path file = Files.createTempFile("rq4j-", ".acl");
            file.toFile().deleteOnExit();
            return Files.writeString(
                    file, library + ' ' + more + "\nuser default off\nuser admin on >" + PASSWORD + " ~* &* +@all\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the address as a user of the variant. */
    public static String as(String user, String uri) {
        return uri.replaceFirst("://", "://" + user + ':' + PASSWORD + '@');
    }
}
