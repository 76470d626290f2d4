/** What the tests of all modules share: a real Redis, a look into it, a proxy that loses answers, and the rules of the house. */
@NullMarked
package dev.rq4j.testing;

import org.jspecify.annotations.NullMarked;
