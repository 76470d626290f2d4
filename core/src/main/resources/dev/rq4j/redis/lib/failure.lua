-- Ends an attempt that failed: the job is tried again if it has retries left, otherwise it has failed.
--@include settle
--@include outcome
--@include end
--@include numbers

-- To be called as ended is.
local function concluded(job, how, value, ttl)
  if concerns_others(job, has_more(job.id)) then
    --@include resolve
    ended(job, how, value, ttl)
  else
    happened(job.origin, job.id, how)
  end
end

-- Ends a job as failed or stopped: status, history, failed registry and retention in one.
local function end_badly(job, execution, status, letter, type, text, worker, started, ended_at, default_ttl)
  local id, ttl = job.id, ttl_of(job.failure_ttl, default_ttl)
  redis.call('ZREM', registry_key('wip', job.origin), lease_member(id, execution))
  concluded(job, status, '', ttl)
  if ttl == 0 then
    forget(id, execution)
  else
    redis.call('HSET', job_key(id), 'status', status, 'ended_at', shown_now())
    record(id, type, worker, 'exc_string', text, execution, started, ended_at)
    expire(id, ttl, execution)
    enlist(registry_key('failed', job.origin), id, ttl)
  end
  announce(id, letter, letter == 'F' and text or '', ttl)
end

-- Returns whether a job that failed is tried again.
local function try_again(job, execution, text, worker, started, ended_at)
  local left = times(job.retries_left)
  if not left then return false end
  --@include again
  local id = job.id
  local failures = count_of(redis.call('HGET', job_key(id), 'failures')) + 1
  redis.call('HSET', job_key(id), 'failures', failures, 'retries_left', left - 1)
  record(id, 2, worker, 'exc_string', text, execution, started, ended_at)
  local intervals, jitter, front =
    unpack(redis.call('HMGET', job_key(id), 'retry_intervals', 'retry_jitter', 'enqueue_at_front_on_retry'))
  happened(job.origin, id, 'retried')
  run_again(job, execution, jittered(interval(intervals, failures), jitter, execution), front == '1')
  return true
end
