-- What of a queue's list can be leased. Anybody can put anything into it.
--@include job
--@include retention

-- The reasons recorded for what cannot be leased, compressed and in base64 as every reason is.
local BAD_ID =
  'eNodjDEOwjAQwL7iB5AqsNGNPzCxoKQErghy0uUipL6ewGjZ8lkK6w2947I2npp59+bkwh5XDjH+5ClcSGEjhiNXwo7cndG/tD6KoYakhroMWCRZWrxYm8e0/J+fYas61uv0BSCoJSI='
local BAD_FIELDS =
  'eNodiNsNgDAIRVe5AxgHcA8HoIoBYyEpGOP22n6dx2rtNqNy8YJHKJHCEAqBH79r4PSCoDf60AykVp6GXVo7vI2KpGRsZOaJwmhM+/wBblsh/g=='

-- Fails a job that cannot be leased: its id cannot stand in a registry of leases, or its fields cannot be read.
local function reject(queue, id, worker, reason)
  --@include settle
  --@include outcome
  redis.call('HSET', job_key(id), 'status', 'failed', 'ended_at', shown_now())
  record(id, 2, worker, 'exc_string', reason, '', score(NOW), score(NOW))
  expire(id, A_YEAR)
  enlist(registry_key('failed', queue), id, A_YEAR)
  announce(id, 'F', reason, A_YEAR)
  happened(queue, id, 'failed')
end

-- Returns ids, nothing when there are none, or an error: a key of the wrong type is met before anything is popped.
local function pop(queue, count)
  local leased = redis.pcall('ZCARD', registry_key('wip', queue))
  return type(leased) == 'table' and leased or redis.pcall('LPOP', queue_key(queue), count)
end

-- Returns whether a job may run that is for one end of its parent only. Python queues such jobs whatever the end: one
-- whose parent may yet end so goes on waiting.
local function is_its_turn(queue, id)
  local run_if, parent = unpack(redis.call('HMGET', job_key(id), 'run_if', 'dependency_id'))
  local status = parent and redis.pcall('HGET', job_key(parent), 'status')
  if status == run_if then
    redis.call('HDEL', job_key(id), 'run_if')
    return true
  end
  --@include defer
  --@include resolve
  if type(status) == 'string' and status ~= 'finished' then
    defer(id, queue, { parent })
  else
    drop(look(id), 'deleted', true)
  end
  return false
end

-- Returns whether the id from a list is a job that waits to be run, and may run now; and what it has from its past.
local function runnable(queue, id, worker)
  local found = redis.pcall('HMGET', job_key(id), 'status', 'expires_at', 'rate_key', 'progress', 'run_if', 'input_from',
    'worker_name')
  if found.err or (not found[1] and redis.call('EXISTS', job_key(id)) == 0) then return false end
  if NOT_WAITING[found[1]] then return false end
  if #id > 200 or not string.match(id, '^[%w_-]+$') then
    reject(queue, id, worker, BAD_ID)
    return false
  end
  -- What a Python worker has begun keeps the field, and its name.
  if found[2] and (found[7] or '') == '' and (tonumber(found[2]) or NOW) <= NOW then
    --@include delete
    delete(look(id), 'expired', true)
    return false
  end
  if found[5] and not is_its_turn(queue, id) then return false end
  if found[6] then
    --@include input
    take_input(id, found[6])
  end
  local past = { expires_at = found[2], progress = found[4] }
  if not found[3] then return true, past end
  --@include rate
  return may_start(id, queue), past
end
