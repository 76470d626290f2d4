#!lua flags=allow-oom
-- Gives back the room of jobs that left it without a word, those that Python ran, canceled or deleted, and lets others
-- through. Of a key with many jobs, some are looked at, drawn anew each time.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> where an earlier call stopped, 0 to begin
--
-- Returns where it stopped; 0 when it has seen all keys.
--@include keys
--@include place

local MOST_LOOKED_AT = 1000
local HOLDS = { queued = true, started = true, ready_to_enqueue = true }

local function look_at(key)
  for _, id in ipairs(redis.call('ZRANDMEMBER', allowed_key(key), MOST_LOOKED_AT)) do
    if not HOLDS[redis.pcall('HGET', job_key(id), 'status')] then vacate(id, key) end
  end
  admit(key)
  for _, used in ipairs({ LIMITS, limit_key(key), limited_key(key), allowed_key(key) }) do outlasts(used, 0) end
end

local found = redis.call('SSCAN', LIMITS, ARGV[2], 'COUNT', 10)
for _, key in ipairs(found[2]) do
  -- What cannot be read keeps no other key from being looked at.
  pcall(look_at, key)
end
return tonumber(found[1])
