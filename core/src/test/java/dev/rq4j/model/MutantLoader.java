package dev.rq4j.model;

import dev.rq4j.testing.RedisExtension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Loads rq4j and its model anew, with one script that has a fault: no test beside this one sees it. */
final class MutantLoader extends ClassLoader {

    private static final String OURS = "dev.rq4j.";
    static final String SCRIPTS = "dev/rq4j/redis/";

    private final Mutant mutant;

    MutantLoader(Mutant mutant) {
        super(MutantLoader.class.getClassLoader());
        this.mutant = mutant;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : isShared(name) ? super.loadClass(name, resolve) : define(name);
        }
    }

    /** The server is the same for all. */
    private static boolean isShared(String name) {
        return !name.startsWith(OURS)
                || name.startsWith(OURS + "embedded.")
                || name.startsWith(RedisExtension.class.getName());
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = super.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] code = in.readAllBytes();
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        InputStream in = super.getResourceAsStream(name);
        if (in == null || !name.equals(SCRIPTS + mutant.script())) {
            return in;
        }
        try (in) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new ByteArrayInputStream(mutant.applyTo(text).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
