-- How many jobs of a key may start in a period. Starts are counted when they happen: a job that finds none left waits
-- in a set of its key, first come, first served, and comes to the front of its queue when its turn is near.
--@include push
--@include limit
--@include numbers

local LONGEST_PERIOD = 3153600000

-- Of the turns of a key, by queue, the field that has no queue's name: how many of those that wait were passed over.
local PASSED_OVER = ''

-- Returns when a start is free, if this many are taken ahead of it; 0 for at once.
local function free_at(key, count, period, taken)
  if taken >= count then return NOW + period end
  local nth = redis.call('LINDEX', rate_key(key), count - 1 - taken)
  -- No start was later than now, whatever somebody else may have put there.
  return nth and math.min(time_of(nth) or 0, NOW) + period or 0
end

-- Has the next turns of a key given at this time, or earlier if they were to be.
local function pace(key, at)
  redis.call('ZADD', RATES, 'LT', string.format('%.6f', math.max(at, NOW)), key)
  outlasts(RATES, at - NOW)
  if at < NOW + 1.5 then tell(WAKE, '') end
end

-- Lets a job wait for its turn: where it has waited before, ahead of all others, or behind them. Meanwhile it takes up
-- no room of a key that has a limit.
local function park(id, queue, key, ahead)
  local set = paced_key(key)
  local limited, turn, place = unpack(redis.call('HMGET', job_key(id), 'rate_limit_key', 'rate_turn', 'rate_place'))
  place = turn and time_of(place)
  if place then
    place = string.format('%.6f', place)
  else
    local first = (turn or ahead) and redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
    place = first and string.format('%.6f', tonumber(first) - 0.000001) or behind(set)
  end
  redis.call('ZADD', set, place, id)
  outlasts(set, 0)
  redis.call('HSET', job_key(id), 'status', 'rate_limited', 'rate_place', place)
  redis.call('HDEL', job_key(id), 'rate_turn')
  if limited then vacate(id, limited) end
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

-- Has a turn given as soon as a start is free, to a job that has come to wait.
local function pace_for(key, at)
  local listed = redis.call('ZSCORE', RATES, key)
  if not listed or tonumber(listed) > math.max(at, NOW) then pace(key, at) end
end

-- Counts a start, which goes back if the job is given back unrun.
local function count_start(id, key, count, period, place)
  local start = string.format('%.6f', NOW)
  redis.call('LPUSH', rate_key(key), start)
  redis.call('LTRIM', rate_key(key), 0, count - 1)
  redis.call('PEXPIRE', rate_key(key), math.ceil(period * 1000) + 1000)
  redis.call('HSET', job_key(id), 'rate_start', start, 'rate_place', place or start)
end

-- Returns whether a job from the list may start now, and counts the start; otherwise it waits. Who has had no turn goes
-- behind those that wait.
local function may_start(id, queue)
  local key, count, period, turn, place =
    unpack(redis.call('HMGET', job_key(id), 'rate_key', 'rate_count', 'rate_period', 'rate_turn', 'rate_place'))
  if not key then return true end
  count, period = rate_of(count, period)
  local at = free_at(key, count, period, 0)
  if at > NOW or (not turn and redis.call('EXISTS', paced_key(key)) == 1) then
    park(id, queue, key)
    pace_for(key, at)
    return false
  end
  count_start(id, key, count, period, place)
  if turn then
    redis.call('HDEL', job_key(id), 'rate_turn')
    -- The last of those whose turn it was: others may have theirs now.
    if redis.call('HGET', turns_key(key), queue) == id then
      redis.call('HDEL', turns_key(key), queue, PASSED_OVER)
      if redis.call('EXISTS', paced_key(key)) == 1 then pace(key, free_at(key, count, period, 0)) end
    end
  end
  return true
end

-- Lets a job wait behind those that do, and has its queue looked at unless a turn is yet to be taken there.
local function queue_up(id, queue, key, ahead)
  park(id, queue, key, ahead)
  if redis.call('HEXISTS', turns_key(key), queue) == 0 then
    local count, period = rate_of(unpack(redis.call('HMGET', job_key(id), 'rate_count', 'rate_period')))
    pace_for(key, free_at(key, count, period, 0))
  end
end

-- Takes back the start of a job that did not run; it is the first to have the next.
local function give_back_start(id, key)
  local start = redis.call('HGET', job_key(id), 'rate_start')
  if start then redis.call('LREM', rate_key(key), 1, start) end
  redis.call('HSET', job_key(id), 'rate_turn', 1)
end
