/**
 * Jobs under fire: producers and workers in JVMs of their own, a nemesis that kills and cuts what they lean on, and books
 * outside Redis that show what became of each job.
 */
@NullMarked
package dev.rq4j.examples.chaos;

import org.jspecify.annotations.NullMarked;
