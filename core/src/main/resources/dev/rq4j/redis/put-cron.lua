#!lua
-- Puts a cron entry, or puts it anew: what it has made so far stays known, when it runs next stays if the schedule is
-- the same, and one that is paused stays so.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the entry
-- ARGV[3] -> its next run in seconds, unless the schedule is the same
-- ARGV[4] -> 1 to pause it
-- ARGV[5], [6] -> the schedule and its time zone
-- ARGV[7...] -> the other fields and values of its hash
--
-- Returns 1.
--@include keys
--@include cron
--@include numbers

local name, next_run, schedule, zone = ARGV[2], ARGV[3], ARGV[5], ARGV[6]
local key = cron_key(name)
local before = redis.call('HMGET', key, 'schedule', 'zone', 'planned', 'paused')
if schedule == before[1] and zone == before[2] then
  next_run = time_of(before[3]) and before[3] or redis.call('ZSCORE', CRON, name) or next_run
end
local kept = {}
for _, field in ipairs({ 'last_job', 'last_run', 'runs', 'skipped' }) do
  local value = redis.call('HGET', key, field)
  if value then
    kept[#kept + 1] = field
    kept[#kept + 1] = value
  end
end
if ARGV[4] == '1' or before[4] then
  for _, value in ipairs({ 'paused', 1, 'planned', next_run }) do kept[#kept + 1] = value end
  next_run = NEVER
end

-- The list first: a key of the wrong type is met before anything is lost.
list_entry(name, next_run)
redis.call('DEL', key)
redis.call('HSET', key, 'schedule', schedule, 'zone', zone, unpack(ARGV, 7))
if #kept > 0 then redis.call('HSET', key, unpack(kept)) end
return 1
