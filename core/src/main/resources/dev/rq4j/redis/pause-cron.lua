#!lua flags=allow-oom
-- Pauses a cron entry: it stays listed, as never due, and remembers the run that was next.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the entry
--
-- Returns 1 if it is paused, 0 if there is no such entry.
--@include keys
--@include cron

local name = ARGV[2]
local key = cron_key(name)
local generation, paused = unpack(redis.call('HMGET', key, 'generation', 'paused'))
if not generation then return 0 end
if not paused then
  redis.call('HSETNX', key, 'planned', redis.call('ZSCORE', CRON, name) or score(NOW))
  redis.call('HSET', key, 'paused', 1)
  list_entry(name, NEVER)
end
return 1
