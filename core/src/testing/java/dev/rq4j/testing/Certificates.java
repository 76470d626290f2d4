package dev.rq4j.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority and what it signs, as PEM files, made with the JDK's keytool. */
public final class Certificates {

    static final String PASSWORD = "secret";
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Path directory;

    /** Makes an authority; its files are in this directory. */
    public Certificates(Path directory) {
        this.directory = directory;
        keytool("-genkeypair", "-alias", "authority", "-dname", "CN=rq4j tests", "-ext", "bc:c", "-validity", "2");
        write("authority");
    }

    /** Returns the certificate of that name: {@code authority}, or one that was signed. */
    public Path certificate(String name) {
        return directory.resolve(name + ".crt");
    }

    /** Returns the key of that name. */
    public Path key(String name) {
        return directory.resolve(name + ".key");
    }

    /** Signs one for these addresses, such as {@code ip:127.0.0.1}. */
    public Certificates sign(String name, String addresses) {
        return sign(name, addresses, "-1H");
    }

    /** Signs one that is valid for two days from this time on, such as {@code -9d}; it takes the place of an earlier one. */
    public Certificates sign(String name, String addresses, String from) {
        if (Files.exists(certificate(name))) {
            keytool("-delete", "-alias", name);
        }
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-signer",
                "authority",
                "-ext",
                "san=" + addresses,
                "-startdate",
                from,
                "-validity",
                "2");
        write(name);
        return this;
    }

    private void write(String name) {
        try (InputStream in = Files.newInputStream(store())) {
            KeyStore entries = KeyStore.getInstance("PKCS12");
            entries.load(in, PASSWORD.toCharArray());
            write(certificate(name), "CERTIFICATE", entries.getCertificate(name).getEncoded());
            write(
                    key(name),
                    "PRIVATE KEY",
                    entries.getKey(name, PASSWORD.toCharArray()).getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whoever reads it while it is written anew finds the old one or the new one. */
    private static void write(Path file, String what, byte[] content) throws IOException {
        Path part = Path.of(file + ".part");
        Files.writeString(
                part,
                "-----BEGIN " + what + "-----\n" + LINES.encodeToString(content) + "\n-----END " + what + "-----\n");
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private void keytool(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store().toString(), "-storepass", PASSWORD));
        if (arguments[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        }
        try {
            Process keytool =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(keytool.getInputStream().readAllBytes());
            if (keytool.onExit().join().exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path store() {
        return directory.resolve("store.p12");
    }
}
