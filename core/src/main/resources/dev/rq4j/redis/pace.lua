#!lua flags=allow-oom
-- Gives the next turns of the keys that have one free: the jobs whose turn it is go to the front of their queues, or
-- wait for the room of another limit that they have. A queue in which such a turn has not been taken yet gets no other,
-- which would be ahead of it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> how many keys at most
--
-- Returns how many keys it looked at.
--@include keys
--@include place

-- How many turns are given at a time, and how many that wait are looked at besides, to find some in a queue that takes
-- theirs. If there is none the next look goes on from there.
local MOST_TURNS, LOOKED_AT_BESIDES = 500, 1000

-- A turn that went with its job, or lies in a queue that nobody serves, is waited for no longer than this.
local LOOK_AGAIN = 1

-- Returns how many of the last starts were in the period that ends now; the newest comes first.
local function started(key, count, period)
  local low, high = 0, math.min(count, redis.call('LLEN', rate_key(key)))
  while low < high do -- bounded by the logarithm of the count
    local middle = math.floor((low + high) / 2)
    local at = time_of(redis.call('LINDEX', rate_key(key), middle)) or 0
    if at + period > NOW then low = middle + 1 else high = middle end
  end
  return low
end

-- Returns what became of the last turn that was given in a queue: it is yet to be taken, was lost and is forgotten with
-- this, or nil where there is none.
local function last_turn(key, queue)
  local last = redis.call('HGET', turns_key(key), queue)
  if not last then return nil end
  local found = redis.pcall('HMGET', job_key(last), 'status', 'rate_turn', 'origin')
  if found[1] == 'queued' and found[2] and found[3] == queue then return 'pending' end
  redis.call('HDEL', turns_key(key), queue)
  return 'lost'
end

-- Returns the jobs whose turn it is; what does not wait any more is passed over for good.
local function next_ones(key, most)
  local from, page = count_of(redis.call('HGET', turns_key(key), PASSED_OVER)), most + LOOKED_AT_BESIDES
  local ids, pending, lost = {}, {}, false
  local waiting = redis.call('ZRANGE', paced_key(key), from, from + page - 1)
  for _, id in ipairs(waiting) do
    if #ids >= most then break end
    local status, queue = unpack(redis.pcall('HMGET', job_key(id), 'status', 'origin'))
    queue = queue or ''
    if status ~= 'rate_limited' then
      redis.call('ZREM', paced_key(key), id)
    else
      if pending[queue] == nil then
        local turn = last_turn(key, queue)
        -- Jobs of this queue were passed over for a turn that is lost: they come before these.
        local missed = turn == 'lost' and from > 0
        pending[queue], lost = turn == 'pending' or missed, lost or missed
      end
      if not pending[queue] then ids[#ids + 1] = id end
    end
  end
  if #ids == 0 and #waiting == page and not lost then
    redis.call('HSET', turns_key(key), PASSED_OVER, from + page)
  elseif from > 0 then
    redis.call('HDEL', turns_key(key), PASSED_OVER)
  end
  return ids
end

-- Gives jobs their turns, the first of them last, so that it ends up in front. Returns how many have theirs.
local function give(key, ids)
  local last, given = {}, 0
  for i = #ids, 1, -1 do
    local id = ids[i]
    redis.call('HSET', job_key(id), 'rate_turn', 1)
    if pcall(place, id, true) then
      given = given + 1
      redis.call('ZREM', paced_key(key), id)
      local status, queue = unpack(redis.call('HMGET', job_key(id), 'status', 'origin'))
      if status == 'queued' and not last[queue] then
        last[queue] = true
        redis.call('HSET', turns_key(key), queue, id)
      end
    else
      -- One that its queue cannot take waits on.
      redis.call('HDEL', job_key(id), 'rate_turn')
    end
  end
  return given
end

local function give_turns(key)
  local first = redis.call('ZRANGE', paced_key(key), 0, 0)[1]
  local fields = first and redis.pcall('HMGET', job_key(first), 'rate_count', 'rate_period') or {}
  local count, period = rate_of(fields[1], fields[2])
  local free = math.min(count - started(key, count, period), MOST_TURNS)
  local given = free > 0 and give(key, next_ones(key, free)) or 0
  redis.call('EXPIRE', turns_key(key), math.ceil(period) + 60)
  redis.call('ZREM', RATES, key)
  if redis.call('EXISTS', paced_key(key)) == 0 then return end
  outlasts(paced_key(key), 0)
  local at = math.max(free_at(key, count, period, given), NOW + 0.001)
  -- Who takes the last turn has the next given; this is for the case that nobody does.
  if free > 0 then at = given == 0 and NOW + LOOK_AGAIN or math.min(at, NOW + LOOK_AGAIN) end
  pace(key, at)
end

local keys = redis.call('ZRANGE', RATES, '-inf', string.format('%.6f', NOW), 'BYSCORE', 'LIMIT', 0, tonumber(ARGV[2]))
for _, key in ipairs(keys) do
  -- What cannot be read keeps nobody else waiting.
  if not pcall(give_turns, key) then redis.call('ZADD', RATES, score(NOW + 60), key) end
end
return #keys
