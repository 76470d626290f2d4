/**
 * How fast rq4j is, on whatever machine it runs, as a share of what Redis does for the same jobs when nothing but three
 * small scripts stands between.
 */
@NullMarked
package dev.rq4j.examples.benchmark;

import org.jspecify.annotations.NullMarked;
