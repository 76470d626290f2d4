#!lua flags=allow-oom
-- Mends what an audit has found, if it is so still.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the kind of the finding
-- ARGV[3] -> the job, or what else it is about
-- ARGV[4] -> the key
-- ARGV[5] -> how long a finished job is kept in seconds, unless it says otherwise
-- ARGV[6] -> how long a failed, stopped or canceled one is
--
-- Returns 1 if it has mended it, 0 if there is nothing to be mended, or nothing that can be.
--@include keys
--@include examine
--@include place
--@include wishes

local kind, subject, key = ARGV[2], ARGV[3], ARGV[4]
local sort, owner = place_of(key)

local function retention_of(job)
  if job.status == 'finished' then return ttl_of(job.result_ttl, ARGV[5]) end
  return ttl_of(job.failure_ttl, ARGV[6])
end

local function keep_as_asked(job)
  local ttl = retention_of(job)
  -- One that was to go at once has been here for a while.
  ttl = ttl == 0 and 1 or ttl
  expire(job.id, ttl)
  if job.origin ~= '' then enlist(home_of(job), job.id, ttl) end
end

-- To the front: it was taken from there, and has waited for long.
local function queue_again(job)
  -- Where it cannot be told it is pushed: an entry too many is passed over, and one too few is a job lost.
  if is_in_list(queue_key(job.origin), job.id) ~= true then
    push(job.id, job.origin, true)
  else
    redis.call('HSET', job_key(job.id), 'status', 'queued')
  end
  redis.call('HDEL', job_key(job.id), 'execution_id', 'waited_until')
  for _, own in ipairs(job.expires_at and {} or keys_of(job.id)) do redis.call('PERSIST', own) end
end

-- Puts a job where its status says that it is.
local function bring_home(job)
  local id, status = job.id, job.status
  if ENDED[status] then
    if redis.call('TTL', job_key(id)) == -1 then return keep_as_asked(job) end
    return enlist(home_of(job), id, math.max(1, redis.call('TTL', job_key(id))))
  end
  if status == 'started' then
    pcall(redis.call, 'HINCRBY', job_key(id), 'recoveries', 1)
    queue_again(job)
  elseif status == 'scheduled' then
    -- Python keeps the time of a job in the registry alone.
    schedule(id, job.origin, time_of(redis.call('HGET', job_key(id), 'not_before')) or NOW)
  elseif status == 'deferred' then
    redis.call('ZADD', registry_key('deferred', job.origin), score(NOW), id)
    outlasts(registry_key('deferred', job.origin), 0)
    look_again(id, NOW)
  elseif status == 'rate_limited' then
    place(id, false)
  else
    queue_again(job)
  end
end

local function take_from(others)
  for _, other in ipairs(others) do redis.call('ZREM', other[1], other[2]) end
end

local function mend_job(job)
  if kind == 'left_behind' then return redis.call('DEL', unpack(keys_of(subject))) end
  if job.origin == '' and kind ~= 'kept_for_ever' then return mend_stray(job) end
  local at_home, others = whereabouts(job, '0')
  if at_home == nil then return 0 end
  if kind == 'queue_not_listed' then
    redis.call('SADD', QUEUES, queue_key(job.origin))
  elseif kind == 'kept_for_ever' then
    keep_as_asked(job)
  elseif kind == 'goes_early' then
    for _, own in ipairs(keys_of(subject)) do redis.call('PERSIST', own) end
  else
    if not at_home then bring_home(job) end
    take_from(others)
  end
  redis.call('ZREM', MISSED, subject)
  return 1
end

local function take_entry()
  if sort == 'queue' or sort == 'intermediate' then return redis.call('LREM', key, -1, subject) end
  if sort == 'workers' or sort == 'dependents' then return redis.call('SREM', key, subject) end
  return redis.call('ZREM', key, subject)
end

local function mend_entry()
  local job = kind ~= 'lease_left' and look(subject)
  if kind == 'held_by_nobody' and job and (job.status == 'queued' or job.status == 'ready_to_enqueue') then
    job.origin = owner
    redis.call('HSET', job_key(subject), 'origin', owner)
    queue_again(job)
    if sort == 'ready' then redis.call('DEL', dependencies_key(subject)) end
  elseif kind == 'misplaced' then
    redis.call('HSET', job_key(subject), 'origin', owner)
    return 1
  end
  return take_entry()
end

-- Returns the score of an entry, '' where it has none, or nil if it is not there.
local function entry()
  if sort == 'queue' or sort == 'intermediate' then return is_in_list(key, subject) and '' or nil end
  if sort == 'workers' or sort == 'dependents' then
    return redis.call('SISMEMBER', key, subject) == 1 and '' or nil
  end
  return redis.call('ZSCORE', key, subject) or nil
end

local function is_twice()
  local found = redis.call('LPOS', key, subject, 'RANK', -1, 'COUNT', 2, 'MAXLEN', FAR)
  return #found == 2
end

if redis.call('EXISTS', key) == 0 then return 0 end
local found, _, about = of_key(key, '0')
if found == kind and about == subject then
  if key == job_key(subject) then return mend_job(look(subject)) end
  if found == 'kept_for_ever' then
    local left = key == worker_key(subject) and PATIENCE or redis.call('TTL', job_key(subject))
    return redis.call('EXPIRE', key, math.max(1, left))
  end
  return redis.call('DEL', key)
end
local at = sort and entry()
if not at then return 0 end
if sort == 'queue' and kind == 'in_two_places' and is_twice() then return take_entry() end
if of_entry(key, subject, at) ~= kind then return 0 end
return mend_entry()
