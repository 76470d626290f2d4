/**
 * The engine: the connection to Redis, the keys, the scripts and the stores that call them. One transition of a job is
 * one script and one method with the same verb. Applications use {@link dev.rq4j.redis.RedisEndpoint}; the rest is public
 * for the worker module only.
 */
@NullMarked
package dev.rq4j.redis;

import org.jspecify.annotations.NullMarked;
