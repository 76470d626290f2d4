package dev.rq4j.codec;

import java.io.Writer;

/** Keeps the beginning and the end of what is written: in a stack trace, what happened and its first cause. */
final class HeadAndTail extends Writer {

    static final int MAX = 16 * 1024;

    private static final String GAP = "\n...\n";
    private static final int TAIL = 6 * 1024;
    private static final int HEAD = MAX - TAIL - GAP.length();

    private final StringBuilder head = new StringBuilder();
    private final StringBuilder tail = new StringBuilder();
    private boolean cut;

    @Override
    public void write(char[] chars, int offset, int length) {
        int fits = Math.min(length, HEAD - head.length());
        head.append(chars, offset, fits);
        tail.append(chars, offset + fits, length - fits);
        trim(2 * TAIL);
    }

    @Override
    public void write(String text, int offset, int length) {
        int fits = Math.min(length, HEAD - head.length());
        head.append(text, offset, offset + fits);
        // of a huge message only the end is ever copied
        int from = Math.max(offset + fits, offset + length - 2 * TAIL);
        cut |= from > offset + fits;
        tail.append(text, from, offset + length);
        trim(2 * TAIL);
    }

    /** Adds a line of its own. */
    void line(String text) {
        StringBuilder last = tail.isEmpty() ? head : tail;
        String line = (last.isEmpty() || last.charAt(last.length() - 1) == '\n' ? "" : "\n") + text + '\n';
        write(line, 0, line.length());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public String toString() {
        trim(TAIL);
        return cut ? head + GAP + tail : head.toString() + tail;
    }

    /** Trims only what is over, so that adding stays cheap. */
    private void trim(int over) {
        if (tail.length() > over) {
            tail.delete(0, tail.length() - TAIL);
            cut = true;
        }
    }
}
