#!lua flags=allow-oom
-- Gives the next turns of the keys that have one free: the jobs whose turn it is go to the front of their queues.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> how many keys at most
--
-- Returns how many keys it looked at.
--@include keys
--@include place

-- Returns how many starts are free now.
local function free(key, count, period)
  local taken = 0
  for _, at in ipairs(redis.call('LRANGE', rate_key(key), 0, count - 1)) do
    if tonumber(at) + period > NOW then taken = taken + 1 end
  end
  return count - taken
end

-- Returns the jobs whose turn it is; what does not wait any more is passed over.
local function next_ones(key, count)
  local ids = {}
  while #ids < count do
    local id = redis.call('ZPOPMIN', paced_key(key))[1]
    if not id then break end
    if redis.pcall('HGET', job_key(id), 'status') == 'rate_limited' then ids[#ids + 1] = id end
  end
  return ids
end

local function give_turns(key)
  local first = redis.call('ZRANGE', paced_key(key), 0, 0)[1]
  local fields = first and redis.pcall('HMGET', job_key(first), 'rate_count', 'rate_period') or {}
  local count, period = rate_of(fields[1], fields[2])
  local ids = next_ones(key, free(key, count, period))
  for i = #ids, 1, -1 do
    local id = ids[i]
    redis.call('HSET', job_key(id), 'rate_turn', 1)
    local queue = redis.call('HGET', job_key(id), 'origin') or ''
    -- One that its queue cannot take waits on.
    if not pcall(push, id, queue, true) then park(id, queue, key, false) end
  end
  if redis.call('EXISTS', paced_key(key)) == 1 then
    pace(key, math.max(free_at(key, count, period, #ids), NOW + 0.001))
  else
    redis.call('ZREM', RATES, key)
  end
end

local keys = redis.call('ZRANGE', RATES, '-inf', string.format('%.6f', NOW), 'BYSCORE', 'LIMIT', 0, tonumber(ARGV[2]))
for _, key in ipairs(keys) do
  -- What cannot be read keeps nobody else waiting.
  if not pcall(give_turns, key) then redis.call('ZADD', RATES, score(NOW + 60), key) end
end
return #keys
