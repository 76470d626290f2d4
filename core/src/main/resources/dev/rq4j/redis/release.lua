#!lua flags=allow-oom
-- Gives leased jobs back, unrun: each to the front of its queue, or to the back, and no attempt is counted.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> LPUSH for the front, RPUSH for the back
-- ARGV[3] -> which attempt at this request this is, from 1
-- ARGV[4...] -> for each: queue, job, execution
--
-- Returns for each as finish does.
--@include keys
--@include clock
--@include lease
--@include retention
--@include settle

local answers = {}
for i = 4, #ARGV, 3 do
  local queue, id, execution = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local wip = registry_key('wip', queue)
  local status, last = unpack(redis.call('HMGET', job_key(id), 'status', 'execution_id'))
  local answer = refusal(wip, id, execution, status, last)
  if not answer then
    redis.call(ARGV[2], queue_key(queue), id)
    redis.call('ZREM', wip, lease_member(id, execution))
    redis.call('HSET', job_key(id), 'status', 'queued', 'started_at', '', 'worker_name', '')
    redis.call('HDEL', job_key(id), 'execution_id')
    entomb(lease_member(id, execution))
    answer = SETTLED
  elseif answer == LOST and ARGV[3] ~= '1' and entombed(lease_member(id, execution)) then
    answer = REPEATED
  end
  answers[#answers + 1] = answer
end
return answers
