#!lua flags=allow-oom
-- Takes off the lists the workers that died without saying so.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2...] -> the queues whose lists to look at, besides the list of all
--
-- Returns how many entries it removed.
--@include keys
--@include together

local lists, removed = { WORKERS }, 0
for i = 2, #ARGV do lists[#lists + 1] = queue_workers_key(ARGV[i]) end
-- Mostly all live, which one command tells of a list that is not very long.
local function all_live(keys)
  return #keys > 0 and #keys <= MOST_TOGETHER and redis.call('EXISTS', unpack(keys)) == #keys
end

for _, list in ipairs(lists) do
  local keys = redis.call('SMEMBERS', list)
  for _, key in ipairs(all_live(keys) and {} or keys) do
    if redis.call('EXISTS', key) == 0 then removed = removed + redis.call('SREM', list, key) end
  end
end
return removed
