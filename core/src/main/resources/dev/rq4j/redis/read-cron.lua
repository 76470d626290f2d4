#!lua flags=no-writes
-- Reads a cron entry as it is at this moment of the server's clock.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the entry
--
-- Returns {the time in milliseconds, when to look at the entry in milliseconds or nil if it is not listed, the fields
-- and values of its hash}.
--@include keys
--@include clock

local due = tonumber(redis.call('ZSCORE', CRON, ARGV[2]) or nil)
local hash = redis.pcall('HGETALL', cron_key(ARGV[2]))
-- What has another type under its key is no entry.
if hash.err then hash = {} end
return { math.floor(NOW_MICROS / 1000), due and math.floor(due * 1000 + 0.5) or false, hash }
