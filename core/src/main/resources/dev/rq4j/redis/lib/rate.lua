-- How many jobs of a key may start in a period. Starts are counted when they happen: a job that finds none left waits
-- in a set of its key, first come, first served, and comes to the front of its queue when its turn is near.
--@include push

local LONGEST_PERIOD = 3153600000

-- Returns when a start is free, if this many are taken ahead of it; 0 for at once.
local function free_at(key, count, period, taken)
  if taken >= count then return NOW + period end
  local nth = redis.call('LINDEX', rate_key(key), count - 1 - taken)
  return nth and (tonumber(nth) or 0) + period or 0
end

-- Has the next turn of a key given at this time.
local function pace(key, at)
  redis.call('ZADD', RATES, string.format('%.6f', math.max(at, NOW)), key)
  outlasts(RATES, at - NOW)
  if at < NOW + 1.5 then tell(WAKE, '') end
end

-- Lets a job wait for its turn: behind all others, or ahead of them if it has had it before.
local function park(id, queue, key, ahead)
  local set = paced_key(key)
  local first = ahead and redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
  redis.call('ZADD', set, first and string.format('%.6f', tonumber(first) - 0.000001) or behind(set), id)
  outlasts(set, 0)
  redis.call('HSET', job_key(id), 'status', 'rate_limited')
  happened(queue, id, 'limited')
end

-- Reads the fields of a job's rate, of which those that are no numbers are one a second.
local function rate_of(count, period)
  count, period = tonumber(count or nil) or 1, tonumber(period or nil) or 1000
  -- What is no number is not equal to itself.
  if count ~= count or count < 1 then count = 1 end
  if period ~= period or period < 1 then period = 1000 end
  return math.floor(math.min(count, 1000000)), math.min(period, 1000 * LONGEST_PERIOD) / 1000
end

-- Returns whether a job from the list may start now, and counts the start; otherwise it waits.
local function may_start(id, queue)
  local key, count, period, turn =
    unpack(redis.call('HMGET', job_key(id), 'rate_key', 'rate_count', 'rate_period', 'rate_turn'))
  if not key then return true end
  count, period = rate_of(count, period)
  local at = free_at(key, count, period, 0)
  if at > NOW then
    park(id, queue, key, turn)
    if not redis.call('ZSCORE', RATES, key) then pace(key, at) end
    return false
  end
  redis.call('LPUSH', rate_key(key), string.format('%.6f', NOW))
  redis.call('LTRIM', rate_key(key), 0, count - 1)
  redis.call('PEXPIRE', rate_key(key), math.ceil(period * 1000) + 1000)
  if turn then redis.call('HDEL', job_key(id), 'rate_turn') end
  return true
end
