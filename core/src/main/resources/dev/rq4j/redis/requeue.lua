#!lua flags=allow-oom
-- Lets jobs that failed, were stopped or were canceled run once more, with all the retries they had.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> 1 for the front of their queues
-- ARGV[3] -> which attempt at this request this is, from 1
-- ARGV[4] -> a token of this request
-- ARGV[5...] -> the jobs
--
-- Returns for each 1 if it waits again, 0 if it is in another status, -1 if there is no such job.
--@include keys
--@include place
--@include retention

local REGISTRY = { failed = 'failed', stopped = 'failed', canceled = 'canceled' }

local function requeue(id)
  local job = look(id)
  if not job then return -1 end
  local registry = REGISTRY[job.status]
  if not registry then
    return ARGV[3] ~= '1' and entombed(lease_member(id, ARGV[4])) and 1 or 0
  end
  redis.call('ZREM', registry_key(registry, job.origin), id)
  for _, key in ipairs(keys_of(id)) do redis.call('PERSIST', key) end
  local failures = tonumber(redis.call('HGET', job_key(id), 'failures') or 0) or 0
  if job.retries_left and failures > 0 then
    redis.call('HSET', job_key(id), 'retries_left', (tonumber(job.retries_left) or 0) + failures)
  end
  redis.call('HSET', job_key(id), 'started_at', '', 'ended_at', '', 'worker_name', '')
  redis.call('HDEL', job_key(id), 'failures', 'recoveries', 'number_of_retries', 'execution_id', 'not_before',
    'exc_info')
  entomb(lease_member(id, ARGV[4]))
  place(id, ARGV[2] == '1')
  return 1
end

local answers = {}
for i = 5, #ARGV do answers[#answers + 1] = requeue(ARGV[i]) end
return answers
