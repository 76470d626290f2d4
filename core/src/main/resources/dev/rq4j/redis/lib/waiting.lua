-- What of a queue's list can be leased, where it takes a closer look. Anybody can put anything into it.
--@include job
--@include status
--@include retention

-- Fails a job that cannot be leased.
local function turn_down(queue, id, worker, is_readable)
  --@include reject
  reject(queue, id, worker, is_readable and BAD_ID or BAD_FIELDS)
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

-- It no longer waits, and nothing is done of it yet.
local function forget_past(id, expires, progress)
  if progress then redis.call('HDEL', job_key(id), 'progress', 'progress_message') end
  if not expires then return end
  -- For when it is given back unrun.
  redis.call('HSET', job_key(id), 'waited_until', expires)
  redis.call('HDEL', job_key(id), 'expires_at')
  redis.call('ZREM', DEADLINES, id)
  for _, key in ipairs(keys_of(id)) do redis.call('PERSIST', key) end
end

-- Returns whether the id from a list is a job that waits to be run, and may run now.
local function runnable(queue, id, worker)
  local found = redis.pcall('HMGET', job_key(id), 'status', 'expires_at', 'rate_key', 'progress', 'run_if',
    'input_from', 'worker_name')
  if found.err then return false end
  local status, expires_at, rate, progress, run_if, input_from, started_by = unpack(found)
  if not status and redis.call('EXISTS', job_key(id)) == 0 then return false end
  if NOT_WAITING[status] then return false end
  if #id > 200 or not string.match(id, '^[%w_-]+$') then
    turn_down(queue, id, worker, true)
    return false
  end
  -- What a Python worker has begun keeps the field, and its name.
  if expires_at and (started_by or '') == '' and (tonumber(expires_at) or NOW) <= NOW then
    --@include delete
    delete(look(id), 'expired', true)
    return false
  end
  if run_if and not is_its_turn(queue, id) then return false end
  if input_from then
    --@include input
    take_input(id, input_from)
  end
  if rate then
    --@include rate
    if not may_start(id, queue) then return false end
  end
  forget_past(id, expires_at, progress)
  return true
end

-- Returns whether a job may run now. One that cannot be read must not take those with it that were popped with it.
local function make_ready(queue, id, worker)
  local sound, may_run = pcall(runnable, queue, id, worker)
  if not sound and not pcall(turn_down, queue, id, worker, false) then
    redis.call('HSET', job_key(id), 'status', 'failed')
  end
  return sound and may_run
end
