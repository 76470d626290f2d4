#!lua flags=allow-oom
-- Takes the jobs that are gone out of a group, some of them at a time, and the group off the list when none is left.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the group
-- ARGV[3] -> the cursor: 0, and then what the call before answered
-- ARGV[4] -> about how many to look at
--
-- Returns {cursor or 0 at the end, how many jobs it took out}.
--@include keys
--@include group

local set = group_key(ARGV[2])
if redis.call('TYPE', set).ok ~= 'set' then
  redis.call('SREM', GROUPS, ARGV[2])
  return { '0', 0 }
end
local found = redis.call('SSCAN', set, ARGV[3], 'COUNT', tonumber(ARGV[4]))
local removed = 0
for _, id in ipairs(found[2]) do
  if not status_in(ARGV[2], id) then removed = removed + redis.call('SREM', set, id) end
end
if redis.call('EXISTS', set) == 0 then redis.call('SREM', GROUPS, ARGV[2]) end
return { found[1], removed }
