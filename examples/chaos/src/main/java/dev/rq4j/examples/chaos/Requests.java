package dev.rq4j.examples.chaos;

/** Reads how requests to Redis are laid out: {@code *<parts>}, then {@code $<length>} and the bytes of each part. */
final class Requests {

    private Requests() {}

    /** Returns whether these bytes are one request or more, from the first byte to the last. */
    static boolean areWhole(byte[] bytes, int count) {
        int at = 0;
        while (at < count) {
            long parts = number(bytes, count, at, '*');
            at = next(bytes, count, at);
            for (long part = 0; part < parts && at >= 0; part++) {
                long length = number(bytes, count, at, '$');
                int data = next(bytes, count, at);
                at = length < 0 || data < 0 || data + length + 2 > count ? -1 : (int) (data + length + 2);
            }
            if (parts <= 0 || at < 0) {
                return false;
            }
        }
        return at == count && count > 0;
    }

    /** Returns the number in a line that begins with this mark, or -1. */
    private static long number(byte[] bytes, int count, int at, char mark) {
        if (at >= count || bytes[at] != mark) {
            return -1;
        }
        long number = 0;
        for (int i = at + 1; i < count && bytes[i] != '\r'; i++) {
            number = number * 10 + bytes[i] - '0';
        }
        return number;
    }

    /** Returns where the next line begins, or -1. */
    private static int next(byte[] bytes, int count, int at) {
        for (int i = at; i + 1 < count; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
                return i + 2;
            }
        }
        return -1;
    }
}
