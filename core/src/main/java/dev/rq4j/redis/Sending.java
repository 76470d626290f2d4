package dev.rq4j.redis;

/**
 * One attempt at a request: by these a script knows one that was sent before, and one that comes too late.
 *
 * @param token random, the same for all attempts at the request
 * @param number counted from 1
 */
record Sending(String token, int number) {}
