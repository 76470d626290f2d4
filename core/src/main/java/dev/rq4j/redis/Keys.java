package dev.rq4j.redis;

import dev.rq4j.job.JobId;
import dev.rq4j.job.Names;

/**
 * Spells every key of one namespace; {@code lib/keys.lua} spells those that scripts reach by themselves.
 *
 * @param prefix what all keys begin with: {@code rq}, or a name in braces for Redis Cluster
 */
record Keys(String prefix) {

    Keys {
        Names.prefix(prefix);
    }

    /** Matches all keys: no character of a prefix has a meaning in a pattern. */
    String any() {
        return prefix + ":*";
    }

    /** What the keys of all jobs begin with. */
    String jobs() {
        return prefix + ":job:";
    }

    String queues() {
        return prefix + ":queues";
    }

    String queue(String name) {
        return prefix + ":queue:" + name;
    }

    String job(JobId id) {
        return prefix + ":job:" + id.value();
    }

    String results(JobId id) {
        return prefix + ":results:" + id.value();
    }

    String log(JobId id) {
        return prefix + ":log:" + id.value();
    }

    String registry(Registry registry, String queue) {
        return prefix + ':' + registry.key() + ':' + queue;
    }

    String outcomeChannel(String party) {
        return prefix + ":outcome:" + party;
    }

    String workers() {
        return prefix + ":workers";
    }

    String workersOf(String queue) {
        return prefix + ":workers:" + queue;
    }

    String worker(String name) {
        return prefix + ":worker:" + name;
    }

    String executionsOf(String worker) {
        return prefix + ":worker:" + worker + ":executions";
    }

    String workerChannel(String worker) {
        return prefix + ":pubsub:" + worker;
    }

    /** Exists while all work is suspended. */
    String suspended() {
        return prefix + ":suspended";
    }

    /** The names of the queues that are paused. */
    String paused() {
        return prefix + ":paused";
    }

    /** Exists while somebody listens to events. */
    String watched() {
        return prefix + ":watched";
    }

    String eventsChannel(String queue) {
        return prefix + ":events:" + queue;
    }

    String groups() {
        return prefix + ":groups";
    }

    String group(String name) {
        return prefix + ":group:" + name;
    }

    String groupChannel(String name) {
        return prefix + ":group-events:" + name;
    }

    /** Exists while it is too early for a duty that one worker does for all. */
    String turn(String duty) {
        return prefix + ":turn:" + duty;
    }

    /** Exists while a worker has the turn at the duties of a queue. */
    String queueTurn(String queue) {
        return turn("queue:" + queue);
    }

    String wakeChannel() {
        return prefix + ":wake";
    }

    /** The keys of limits of jobs at once that are in use. */
    String limits() {
        return prefix + ":rl-keys";
    }

    String allowed(String limit) {
        return prefix + ":rl:" + limit + ":allowed";
    }

    String limited(String limit) {
        return prefix + ":rl:" + limit + ":rate_limited";
    }

    /** The keys of limits of starts in a period that hold jobs back. */
    String rates() {
        return prefix + ":rates";
    }

    String paced(String rate) {
        return prefix + ":rate:" + rate + ":waiting";
    }

    String cron() {
        return prefix + ":cron";
    }

    String cronEntry(String name) {
        return prefix + ":cron:" + name;
    }

    String cronJobs(String name) {
        return prefix + ":cron_job:" + name + ":jobs";
    }
}
