package dev.rq4j.examples.benchmark;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Writes numbers. */
final class Numbers {

    private static final MathContext DIGITS = new MathContext(4);

    private Numbers() {}

    /** Returns four digits that count, or all before the point; as JSON wants it. */
    static String plain(double number) {
        if (!Double.isFinite(number)) {
            return "null";
        }
        BigDecimal exact = BigDecimal.valueOf(number);
        return Math.abs(number) >= 1000
                ? String.valueOf(Math.round(number))
                : exact.round(DIGITS).stripTrailingZeros().toPlainString();
    }

    /** Returns the same with commas between thousands, for people. */
    static String readable(double number) {
        return Math.abs(number) >= 1000 ? String.format(Locale.ROOT, "%,d", Math.round(number)) : plain(number);
    }
}
