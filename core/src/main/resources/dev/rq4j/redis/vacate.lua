#!lua flags=allow-oom
-- Gives back the room of jobs that left it without a word: those that Python ran, canceled or deleted.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> where an earlier call stopped, 0 to begin
--
-- Returns where it stopped; 0 when it has seen all keys.
--@include keys
--@include place

local HOLDS = { queued = true, started = true, ready_to_enqueue = true }

local found = redis.call('SSCAN', LIMITS, ARGV[2], 'COUNT', 100)
for _, key in ipairs(found[2]) do
  for _, id in ipairs(redis.call('ZRANGE', allowed_key(key), 0, -1)) do
    if not HOLDS[redis.pcall('HGET', job_key(id), 'status')] then vacate(id, key) end
  end
end
return tonumber(found[1])
