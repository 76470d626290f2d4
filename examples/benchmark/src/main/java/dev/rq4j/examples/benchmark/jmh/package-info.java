/** What is done for each job without Redis: {@code java -cp benchmark.jar org.openjdk.jmh.Main}. */
@NullMarked
package dev.rq4j.examples.benchmark.jmh;

import org.jspecify.annotations.NullMarked;
