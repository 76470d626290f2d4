#!lua flags=no-writes
-- Lists the jobs of a group, some of them at a time, and those that are gone, unless their id is another job's by now.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the group
-- ARGV[3] -> the cursor: 0, and then what the call before answered
-- ARGV[4] -> about how many to look at
--
-- Returns {cursor or 0 at the end, the ids}.
--@include keys
--@include group

local group = ARGV[2]
local found = redis.call('SSCAN', group_key(group), ARGV[3], 'COUNT', tonumber(ARGV[4]))
local answer = { found[1] }
for _, id in ipairs(found[2]) do
  if redis.call('EXISTS', job_key(id)) == 0 or status_in(group, id) then answer[#answer + 1] = id end
end
return answer
