package dev.rq4j.model;

import java.util.List;

/**
 * A script with a fault in it, such as somebody could make who changes it.
 *
 * @param name what is wrong with it
 * @param script the file
 * @param original what stands there
 * @param fault what stands there instead
 */
record Mutant(String name, String script, String original, String fault) {

    static final List<Mutant> ALL = List.of(
            new Mutant(
                    "settles without a fence",
                    "lib/settle.lua",
                    "if not held then",
                    "if not job or job.status ~= 'started' then"),
            new Mutant(
                    "settles a usual job without a fence",
                    "lib/usual.lua",
                    "if redis.pcall('ZREM', wip, members[1]) ~= 1 then kept[numbers[wip][1]] = nil end",
                    "redis.pcall('ZREM', wip, members[1])"),
            new Mutant(
                    "writes before it checks",
                    "finish.lua",
                    "local answer = refusal(",
                    "redis.call('HSET', job_key(id), 'ended_at', '', 'status', 'finished')\n"
                            + "local answer = refusal("),
            new Mutant(
                    "a claim that is sent again is another claim",
                    "claim.lua",
                    "if earlier and earlier[1] == token then",
                    "if false then"),
            new Mutant(
                    "nothing that has ended goes by itself",
                    "lib/retention.lua",
                    "if ttl < 0 then redis.call('PERSIST', key) else redis.call('EXPIRE', key, text_of(ttl)) end",
                    "redis.call('PERSIST', key)"),
            new Mutant(
                    "results stay when their job goes",
                    "lib/retention.lua",
                    "{ job_key(id), results_key(id), log_key(id),",
                    "{ job_key(id), log_key(id),"),
            new Mutant(
                    "what was settled is not remembered",
                    "lib/retention.lua",
                    "return redis.call('ZSCORE', TOMBSTONES, what) and true or false",
                    "return false"),
            new Mutant(
                    "what was made and deleted is made again",
                    "lib/create.lua",
                    "return graves and redis.call('ZSCORE', TOMBSTONES, token == '' and id or token) and true or false",
                    "return false"),
            new Mutant(
                    "what was made with others and deleted is made again",
                    "lib/plain.lua",
                    "if entombed then return false end",
                    ""),
            new Mutant(
                    "a job that is queued again keeps its time to live",
                    "requeue.lua",
                    "for _, key in ipairs(keys_of(id)) do redis.call('PERSIST', key) end",
                    ""),
            new Mutant(
                    "takes back what is held",
                    "recover.lua",
                    "'-inf', score(NOW + GRACE), 'BYSCORE'",
                    "'-inf', '+inf', 'BYSCORE'"),
            new Mutant(
                    "recovered jobs go to the back",
                    "recover.lua",
                    "redis.call('LPUSH', queue_key(queue), id)",
                    "redis.call('RPUSH', queue_key(queue), id)"),
            new Mutant(
                    "a finished job stays leased",
                    "lib/usual.lua",
                    "redis.pcall('ZREM', wip, members[1]) ~= 1",
                    "not redis.pcall('ZSCORE', wip, members[1])"),
            new Mutant(
                    "a finished job of a limited key stays leased",
                    "finish.lua",
                    "not again and take_lease(wip, id, execution) or nil",
                    "nil"),
            new Mutant(
                    "a promoted job stays scheduled",
                    "lib/promote.lua",
                    "redis.call('ZREM', registry_key('scheduled', queue), id)",
                    ""),
            new Mutant(
                    "a canceled parent cancels nobody",
                    "lib/resolve.lua",
                    "    call_off(look(id), A_YEAR)\n  else",
                    "    look(id)\n  else"),
            new Mutant(
                    "a job that need not wait any more stays deferred",
                    "lib/undefer.lua",
                    "redis.call('ZREM', registry_key('deferred', wish.queue), id)",
                    ""),
            new Mutant(
                    "a retry counts twice", "lib/failure.lua", "'retries_left', left - 1", "'retries_left', left - 2"),
            new Mutant(
                    "a limit's room is not given back",
                    "lib/resolve.lua",
                    "if job.rate_limit_key then vacate(job.id, job.rate_limit_key) end",
                    ""),
            new Mutant(
                    "a unique key is not given back",
                    "lib/resolve.lua",
                    "redis.call('DEL', unique_key(job.unique_key))",
                    ""),
            new Mutant("a start is not counted", "lib/rate.lua", "redis.call('LPUSH', rate_key(key), start)", ""),
            new Mutant(
                    "a canceled job stays leased",
                    "cancel.lua",
                    "and redis.call('ZREM', registry_key('wip', job.origin), lease_member(id, job.execution_id)) == 1",
                    "and holds(registry_key('wip', job.origin), id, job.execution_id)"),
            new Mutant(
                    "a lease that was lost is had again",
                    "extend.lua",
                    "  if held and redis.call('HGET', job_key(id), 'status') == 'started' then\n"
                            + "    redis.call('ZADD', wip, 'XX', 'GT', deadline, lease_member(id, execution))",
                    "  if true then\n    redis.call('ZADD', wip, 'GT', deadline, lease_member(id, execution))"),
            new Mutant(
                    "what waited for too long waits on",
                    "expire.lua",
                    "if expires_at and expires_at <= NOW then",
                    "if false then"),
            new Mutant(
                    "a group does not list its jobs",
                    "lib/make.lua",
                    "redis.call('SADD', group_key(ask.group), id)",
                    "redis.call('SADD', group_key(ask.group), 'nobody')"),
            new Mutant("a paused queue is served", "claim.lua", "while paused[i - 9] ~= 1 and", "while"),
            new Mutant(
                    "more is claimed than was asked for",
                    "claim.lua",
                    "redis.pcall('LPOP', queue_key(queue), wanted - #claims)",
                    "redis.pcall('LPOP', queue_key(queue), wanted)"),
            new Mutant("what a claim does not run stays leased", "claim.lua", "give_up_leases(wip, not_run)", ""),
            new Mutant(
                    "a released job keeps its execution",
                    "release.lua",
                    "redis.call('HDEL', job_key(id), 'execution_id')",
                    ""));

    /** Returns the script with the fault. */
    String applyTo(String text) {
        return text.replace(original, fault);
    }

    @Override
    public String toString() {
        return name;
    }
}
