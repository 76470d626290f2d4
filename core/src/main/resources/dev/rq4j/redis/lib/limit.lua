-- How many jobs of a key may be queued or run at a time: the rate limits of RQ 3, on its keys. Those let through are in
-- one set, those held back in another, in the order in which they came.
--@include status
--@include push
--@include stray

-- How many of those held back are looked at in one go; vacate.lua goes on.
local MOST_LOOKED_AT = 1000

-- Reads how many jobs of a key may run at a time: one where that is no number, or none, and nobody would come through.
local function most_of(text)
  local most = tonumber(text or nil)
  return most and most >= 1 and most or 1
end

-- Takes back the room of those let through first that are gone, or have ended, without anybody giving it back: Python
-- deletes jobs without a word.
local function evict(key)
  for _, id in ipairs(redis.call('ZRANGE', allowed_key(key), 0, 4)) do
    local status = redis.pcall('HGET', job_key(id), 'status')
    if type(status) ~= 'string' or ENDED[status] then redis.call('ZREM', allowed_key(key), id) end
  end
end

-- Lets through as many as there is room for. What is no longer held back is passed over; one that its queue cannot take
-- goes behind the others, which are tried the next time.
local function admit(key)
  local most = most_of(redis.call('HGET', limit_key(key), 'concurrency'))
  local room = most - redis.call('ZCARD', allowed_key(key))
  if room < 1 then
    evict(key)
    room = most - redis.call('ZCARD', allowed_key(key))
  end
  for _ = 1, MOST_LOOKED_AT do
    if room < 1 then break end
    local id = redis.call('ZRANGE', limited_key(key), 0, 0)[1]
    if not id then break end
    local found = redis.pcall('HMGET', job_key(id), 'status', 'origin', 'enqueue_at_front', 'rate_turn')
    local waits = found[1] == 'rate_limited'
    if waits and (found[2] or '') == '' then
      strand(id)
      waits = false
    elseif waits and not pcall(push, id, found[2], found[3] == '1' or found[4]) then
      redis.call('ZADD', limited_key(key), behind(limited_key(key)), id)
      break
    end
    redis.call('ZREM', limited_key(key), id)
    if waits then
      room = room - 1
      redis.call('ZADD', allowed_key(key), score(NOW), id)
      outlasts(allowed_key(key), 0)
    end
  end
end

-- Holds a job back, and lets through whoever is next, which may be this one.
local function limit(id, queue, key, most)
  redis.call('SADD', LIMITS, key)
  redis.call('HSET', limit_key(key), 'concurrency', most_of(most))
  redis.call('ZADD', limited_key(key), 'NX', behind(limited_key(key)), id)
  redis.call('HSET', job_key(id), 'status', 'rate_limited')
  admit(key)
  if redis.call('ZSCORE', limited_key(key), id) then happened(queue, id, 'limited') end
  for _, used in ipairs({ LIMITS, limit_key(key), limited_key(key) }) do outlasts(used, 0) end
end

-- Gives back the room of a job, or its place among those held back.
local function vacate(id, key)
  redis.call('ZREM', limited_key(key), id)
  if redis.call('ZREM', allowed_key(key), id) == 1 then admit(key) end
  if redis.call('EXISTS', limited_key(key), allowed_key(key)) == 0 then
    redis.call('SREM', LIMITS, key)
    redis.call('DEL', limit_key(key))
  end
end
