#!lua flags=allow-oom
-- Gives leased jobs back, unrun: each to the front of its queue, or to the back, and no attempt is counted.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> LPUSH for the front, RPUSH for the back
-- ARGV[3...] -> for each: queue, job, execution
--
-- Returns for each as finish does.
--@include keys
--@include settle
--@include event
--@include numbers

local answers = {}
for i = 3, #ARGV, 3 do
  local queue, id, execution = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local wip = registry_key('wip', queue)
  local job = look(id)
  local answer = refusal(wip, id, execution, job)
  if not answer then
    local waited_until = time_of(redis.call('HGET', job_key(id), 'waited_until'))
    redis.call(ARGV[2], queue_key(queue), id)
    redis.call('ZREM', wip, lease_member(id, execution))
    redis.call('HSET', job_key(id), 'status', 'queued', 'origin', queue, 'started_at', '',
      'worker_name', '')
    redis.call('HDEL', job_key(id), 'execution_id')
    if job.rate_key then
      --@include rate
      -- What cannot be given back keeps no job from its queue.
      pcall(give_back_start, id, job.rate_key)
    end
    entomb(lease_member(id, execution))
    if waited_until then
      --@include patience
      limit_waiting(id, math.max(0, waited_until - NOW))
    end
    happened(queue, id, 'released')
    answer = SETTLED
  end
  answers[#answers + 1] = answer
end
return answers
