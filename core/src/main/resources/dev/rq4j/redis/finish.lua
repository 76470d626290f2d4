#!lua flags=allow-oom
-- Ends a run well, if the execution still holds the job: the job runs again if it is to be repeated, or has finished.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2], [3], [4] -> queue, job, execution
-- ARGV[5] -> the worker
-- ARGV[6], [7] -> start and end in seconds
-- ARGV[8] -> the default time to live in seconds
-- ARGV[9] -> the value in base64; '' for none
-- ARGV[10...] -> jobs to make if it has finished, as lib/create.lua reads them
--
-- Returns 1 if settled, 0 if the lease is lost, 2 if this execution had settled before, 3 if the job was canceled or
-- deleted meanwhile, 4 if it is repeated, 5 if it was by this execution before.
--@include keys
--@include settle
--@include outcome
--@include end

local queue, id, execution, value = ARGV[2], ARGV[3], ARGV[4], ARGV[9]
local wip = registry_key('wip', queue)
local job = look(id)

local no = refusal(wip, id, execution, job)
if no then return no end

job.origin = queue
local ttl = ttl_of(job.result_ttl, ARGV[8])

-- What few jobs need stands in no function, which would take hold of all that is named in it before it is called.
local left = job.repeats_left and times(job.repeats_left)
if left then
  --@include again
  --@include numbers
  -- Each run has all the retries, and may lose as many workers.
  local intervals, repeats, failures, retries =
    unpack(redis.call('HMGET', job_key(id), 'repeat_intervals', 'repeats', 'failures', 'retries_left'))
  local n = count_of(repeats) + 1
  failures = count_of(failures)
  redis.call('HSET', job_key(id), 'repeats', n, 'repeats_left', left - 1, 'ended_at', shown_now())
  if failures > 0 then
    redis.call('HSET', job_key(id), 'retries_left', count_of(retries) + failures, 'failures', 0)
  end
  redis.call('HDEL', job_key(id), 'recoveries')
  if ttl ~= 0 then record(id, 1, ARGV[5], 'return_value', value, execution, ARGV[6], ARGV[7]) end
  run_again(job, execution, interval(intervals, n))
  return AGAIN
end

redis.call('ZREM', wip, lease_member(id, execution))
if concerns_others(job) then
  --@include resolve
  ended(job, 'finished', value, ttl, true)
else
  happened(queue, id, 'finished')
end
if ttl == 0 then
  forget(id, execution)
else
  redis.call('HSET', job_key(id), 'status', 'finished', 'ended_at', shown_now())
  record(id, 1, ARGV[5], 'return_value', value, execution, ARGV[6], ARGV[7])
  expire(id, ttl, execution)
  enlist(registry_key('finished', queue), id, ttl)
end
announce(id, value == '' and 'N' or 'V', value, ttl)
if #ARGV >= 10 then
  local JOBS = 10
  --@include follow
  follow()
end
return SETTLED
