#!lua flags=allow-oom
-- Puts scheduled jobs whose time has come where they belong, the earliest first.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> how many at most
--
-- Returns how many entries it looked at.
--@include keys
--@include place
--@include retention

local queue = ARGV[2]
local registry = registry_key('scheduled', queue)

local function promote(id)
  redis.call('HSET', job_key(id), 'origin', queue)
  redis.call('HDEL', job_key(id), 'not_before')
  place(id, redis.call('HGET', job_key(id), 'enqueue_at_front') == '1')
  redis.call('ZREM', registry, id)
end

-- Python lists a job before it writes it: an entry is given time to be followed by the job.
local function await_job(id)
  local seen = lease_member(id, 'promote')
  if entombed(seen) then
    redis.call('ZREM', registry, id)
  else
    entomb(seen)
    redis.call('ZADD', registry, score(NOW + 5), id)
  end
end

local ids = redis.call('ZRANGE', registry, '-inf', score(NOW), 'BYSCORE', 'LIMIT', 0, tonumber(ARGV[3]))
for _, id in ipairs(ids) do
  local job = look(id)
  if not job then
    await_job(id)
  elseif job.status ~= 'scheduled' then
    redis.call('ZREM', registry, id)
  elseif not pcall(promote, id) then
    -- A key of the wrong type, say: it keeps nobody else waiting.
    redis.call('HSET', job_key(id), 'status', 'scheduled')
    redis.call('ZADD', registry, score(NOW + 60), id)
  end
end
return #ids
