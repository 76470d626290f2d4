#!lua flags=allow-oom
-- Removes a cron entry and its history. The jobs that it made stay.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the entry
-- ARGV[3] -> which attempt at this request this is, from 1
-- ARGV[4] -> a random token of this request
--
-- Returns 1 if it was there, 0 if not.
--@include keys
--@include retention
--@include late

if comes_late(ARGV[4], ARGV[3]) then return 0 end
local name = ARGV[2]
local tombstone = 'cron:' .. name
local listed = redis.call('ZREM', CRON, name)
if redis.call('DEL', cron_key(name)) + listed == 0 then
  return ARGV[3] ~= '1' and entombed(tombstone) and 1 or 0
end
redis.call('DEL', cron_jobs_key(name))
entomb(tombstone)
return 1
