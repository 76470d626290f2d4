#!lua flags=allow-oom
-- Looks again in a minute at a cron entry that is due and cannot be run: its schedule cannot be read, or its queue is
-- none. The run that was due stays the next one.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the entry
--
-- Returns 1 if it was due, 0 if not.
--@include keys
--@include clock

local name = ARGV[2]
local due = redis.call('ZSCORE', CRON, name)
if not due or tonumber(due) > NOW then return 0 end
-- There may be anything under its key.
redis.pcall('HSETNX', cron_key(name), 'planned', due)
redis.call('ZADD', CRON, score(NOW + 60), name)
return 1
