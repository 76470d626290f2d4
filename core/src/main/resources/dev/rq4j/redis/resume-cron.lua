#!lua flags=allow-oom
-- Lets a paused cron entry run again. What came while it was paused is not made up for.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the entry
-- ARGV[3] -> the generation of the entry that the next run was worked out for
-- ARGV[4] -> the next run in seconds
--
-- Returns 1 if it is not paused any more, 0 if it is gone or was put anew meanwhile.
--@include keys
--@include cron

local name = ARGV[2]
local key = cron_key(name)
local generation, paused = unpack(redis.call('HMGET', key, 'generation', 'paused'))
if generation ~= ARGV[3] then return 0 end
if paused then
  list_entry(name, ARGV[4])
  redis.call('HDEL', key, 'paused', 'planned')
end
return 1
