#!lua flags=allow-oom
-- Brings everything that waits for its time nearer, as if time had passed: for tests. It looks at every key there is.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> by how many seconds
--
-- Returns an empty list.
--@include keys
--@include retention
--@include tell

local by = tonumber(ARGV[2])
-- Later than this is never.
local NEVER = 253370764800

-- Returns the time, earlier; what is no time, or is never, stays as it is.
local function nearer(time)
  local at = tonumber(time or nil)
  return at and at > 0 and at < NEVER and string.format('%.6f', at - by) or time
end

-- Returns the members.
local function bring(set)
  local entries, members = redis.call('ZRANGE', set, 0, -1, 'WITHSCORES'), {}
  for i = 1, #entries, 2 do
    redis.call('ZADD', set, 'XX', nearer(entries[i + 1]), entries[i])
    members[#members + 1] = entries[i]
  end
  return members
end

local function bring_field(key, field)
  local time = redis.call('HGET', key, field)
  if time then redis.call('HSET', key, field, nearer(time)) end
end

-- What is kept for a time goes earlier. What waits no longer than for a time is to be looked at before it goes.
local function bring_end(key)
  local left = redis.call('PTTL', key)
  if left > 0 then redis.call('PEXPIRE', key, math.max(0, math.floor(left - by * 1000))) end
end

local function bring_job(id)
  local key = job_key(id)
  bring_field(key, 'not_before')
  bring_field(key, 'waited_until')
  if redis.call('HEXISTS', key, 'expires_at') == 1 then
    bring_field(key, 'expires_at')
  else
    for _, own in ipairs(keys_of(id)) do bring_end(own) end
  end
end

local function bring_starts(key)
  for i, time in ipairs(redis.call('LRANGE', key, 0, -1)) do redis.call('LSET', key, i - 1, nearer(time)) end
  bring_end(key)
end

-- One that is taken until its job has ended has a time to live for the day on which nobody frees it.
local function bring_unique(key)
  if string.sub(redis.call('GET', key), 1, 1) == '~' then bring_end(key) end
end

for _, queue in ipairs(redis.call('SMEMBERS', QUEUES)) do
  local name = string.sub(queue, #queue_key('') + 1)
  for _, registry in ipairs({ 'scheduled', 'finished', 'failed', 'canceled' }) do
    bring(registry_key(registry, name))
  end
end
for _, set in ipairs({ DEADLINES, RATES, CRON }) do bring(set) end
for _, key in ipairs(redis.call('KEYS', PREFIX .. ':*')) do
  local kind, name = string.match(string.sub(key, #PREFIX + 2), '^(%w+):(.+)$')
  local type = redis.call('TYPE', key).ok
  if kind == 'job' and type == 'hash' then bring_job(name) end
  if kind == 'rate' and type == 'list' then bring_starts(key) end
  if kind == 'unique' and type == 'string' then bring_unique(key) end
end
bring_end(SUSPENDED)
tell(WAKE, '')
return {}
