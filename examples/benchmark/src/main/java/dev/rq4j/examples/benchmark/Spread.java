package dev.rq4j.examples.benchmark;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** How far what was measured several times lies apart. */
record Spread(double min, double median, double max) {

    static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }

    static <T> Spread of(Collection<T> measured, ToDoubleFunction<? super T> figure) {
        return of(measured.stream().mapToDouble(figure).toArray());
    }
}
