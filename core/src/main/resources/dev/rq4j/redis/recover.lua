#!lua flags=allow-oom
-- Finds leases that ran out, so that their worker is dead or cut off: the job goes back to the front of its queue, or
-- has failed as abandoned when that has happened too often, and is tried again if it has retries left.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> how many entries to look at
-- ARGV[4] -> how many entries to pass over: those that an earlier call saw and left alone
-- ARGV[5] -> how often a job is queued again, unless it says otherwise
-- ARGV[6] -> the default time to live of a failed job in seconds
-- ARGV[7] -> the reason of the failure, compressed and in base64
--
-- Returns {entries seen, entries left alone, ids queued again, ids failed}.
--@include keys
--@include failure
--@include numbers

local queue, limit, offset = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local wip = registry_key('wip', queue)
local left_alone, queued, failed = 0, {}, {}

local function recover(member, id, execution)
  local job = look(id)
  local ours = is_ours(execution)
  -- One that Python had, and that was deleted, may have been made again and be in the hands of another.
  local held = job and job.execution_id and job.execution_id ~= execution and holds(wip, id, job.execution_id)
  if not job or job.status ~= 'started' or held or (ours and job.execution_id ~= execution) then
    redis.call('ZREM', wip, member)
    return
  end
  job.origin = queue
  local recoveries, most = unpack(redis.call('HMGET', job_key(id), 'recoveries', 'max_recoveries'))
  recoveries = count_of(recoveries)
  if recoveries < (tonumber(most or nil) or tonumber(ARGV[5])) then
    redis.call('LPUSH', queue_key(queue), id)
    redis.call('ZREM', wip, member)
    redis.call('HSET', job_key(id), 'status', 'queued', 'origin', queue, 'recoveries', recoveries + 1)
    redis.call('HDEL', job_key(id), 'execution_id', 'waited_until')
    -- It does not go behind those that wait for a start of the same key.
    if job.rate_key then redis.call('HSET', job_key(id), 'rate_turn', 1) end
    happened(queue, id, 'recovered')
    queued[#queued + 1] = id
    return
  end
  local worker = job.worker_name or ''
  if try_again(job, execution, ARGV[7], worker, score(NOW), score(NOW)) then
    queued[#queued + 1] = id
  else
    end_badly(job, execution, 'failed', 'F', 2, ARGV[7], worker, score(NOW), score(NOW), ARGV[6])
    failed[#failed + 1] = id
  end
  redis.call('ZREM', wip, member)
end

local entries = redis.call('ZRANGE', wip, '-inf', score(NOW + GRACE), 'BYSCORE', 'LIMIT', offset, limit, 'WITHSCORES')
-- From the newest to the oldest, so that the oldest ends up in front.
for i = #entries - 1, 1, -2 do
  local member, deadline = entries[i], tonumber(entries[i + 1])
  -- RQ before 1.16 lists the bare job id.
  local id, execution = string.match(member, '^([^:]*):?(.*)$')
  if is_ours(execution) or deadline <= NOW then
    -- A field that cannot be read, say: it keeps no other from being brought back.
    if not pcall(recover, member, id, execution) then left_alone = left_alone + 1 end
  else
    left_alone = left_alone + 1
  end
end
return { #entries / 2, left_alone, queued, failed }
