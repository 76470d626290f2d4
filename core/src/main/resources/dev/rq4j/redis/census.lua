#!lua flags=no-writes
-- Counts the jobs of a group by where they are, some of them at a time.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the group
-- ARGV[3] -> the cursor: 0, and then what the call before answered
-- ARGV[4] -> about how many to look at
--
-- Returns {cursor or 0 at the end, all jobs of the group, and of those looked at: that wait, that run, finished,
-- failed, stopped, canceled, gone}.
--@include keys
--@include group

local PLACE = { started = 2, finished = 3, failed = 4, stopped = 5, canceled = 6 }

local set = group_key(ARGV[2])
local found = redis.call('SSCAN', set, ARGV[3], 'COUNT', tonumber(ARGV[4]))
local counts = { 0, 0, 0, 0, 0, 0, 0 }
for _, id in ipairs(found[2]) do
  local status = status_in(ARGV[2], id)
  local place = status and (PLACE[status] or 1) or 7
  counts[place] = counts[place] + 1
end
return { found[1], redis.call('SCARD', set), unpack(counts) }
