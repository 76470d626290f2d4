/** Turns calls, results, errors and worker commands into the bytes that Python RQ reads, and back. */
@NullMarked
package dev.rq4j.codec;

import org.jspecify.annotations.NullMarked;
