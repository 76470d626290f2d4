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

    String registry(Registry registry, String queue) {
        return prefix + ':' + registry.key() + ':' + queue;
    }

    String outcomeChannel(String id) {
        return prefix + ":outcome:" + id;
    }

    String workerChannel(String worker) {
        return prefix + ":pubsub:" + worker;
    }

    String wakeChannel() {
        return prefix + ":wake";
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
