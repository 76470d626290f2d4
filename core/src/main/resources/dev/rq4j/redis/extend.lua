#!lua flags=allow-oom
-- Extends leases, all those of a worker at once.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the lease in milliseconds
-- ARGV[3...] -> for each lease: queue, job, execution
--
-- Returns for each lease 1 if it is extended, 0 if it is lost: settled, recovered, or the job canceled or deleted.
--@include keys
--@include clock
--@include lease

local deadline = score(NOW + tonumber(ARGV[2]) / 1000 + GRACE)
local answers = {}
for i = 3, #ARGV, 3 do
  local wip, id, execution = registry_key('wip', ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  local held = holds(wip, id, execution)
  if held and redis.call('HGET', job_key(id), 'status') == 'started' then
    redis.call('ZADD', wip, 'XX', 'GT', deadline, lease_member(id, execution))
    answers[#answers + 1] = 1
  else
    if held then redis.call('ZREM', wip, lease_member(id, execution)) end
    answers[#answers + 1] = 0
  end
end
return answers
