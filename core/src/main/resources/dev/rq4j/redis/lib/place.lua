-- Where a job that nothing runs and nothing holds back belongs, and how it is taken from wherever it waits.
--@include job
--@include status
--@include limit
--@include rate

-- Puts the job where it belongs now: among the scheduled while its time has not come, among those held back while its
-- key has no room, otherwise into its queue.
local function place(id, front)
  local queue, at, limited, most, paced, turn = unpack(redis.call('HMGET', job_key(id), 'origin', 'not_before',
    'rate_limit_key', 'rate_limit_concurrency', 'rate_key', 'rate_turn'))
  queue, at = queue or '', tonumber(at or nil)
  if queue == '' then
    strand(id)
  elseif at and at > NOW then
    schedule(id, queue, at)
    if limited then vacate(id, limited) end
  elseif paced and not turn and redis.call('EXISTS', paced_key(paced)) == 1 then
    queue_up(id, queue, paced, front)
  elseif limited and not redis.call('ZSCORE', allowed_key(limited), id) then
    limit(id, queue, limited, most or 1)
  else
    push(id, queue, front)
  end
end

-- Jobs that wait, and not in the list of their queue.
local ELSEWHERE = { deferred = true, scheduled = true, rate_limited = true }

-- Takes a job from wherever it waits, unless it was popped off its list, and from all that points at it. One that is
-- among the first of its list is quickly found.
local function displace(job, popped, first)
  local id, queue, status = job.id, job.origin, job.status
  -- To look through the list takes long.
  if not popped and not ENDED[status] and not ELSEWHERE[status] then
    redis.call('LREM', queue_key(queue), first and 1 or 0, id)
  end
  for _, registry in ipairs({ 'deferred', 'scheduled', 'ready' }) do
    redis.call('ZREM', registry_key(registry, queue), id)
  end
  if job.rate_key then
    redis.call('ZREM', paced_key(job.rate_key), id)
    -- Who leaves with a turn that he has not taken leaves it to the next.
    if redis.call('HDEL', job_key(id), 'rate_turn') == 1 then pace(job.rate_key, NOW) end
  end
  redis.call('ZREM', DEADLINES, id)
  if status == 'deferred' then
    for _, parent in ipairs(redis.call('SMEMBERS', dependencies_key(id))) do
      redis.call('SREM', dependents_key(parent), id)
    end
    redis.call('DEL', dependencies_key(id))
  end
end
