#!lua flags=allow-oom
-- Takes off the lists the workers that died without saying so.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2...] -> the queues whose lists to look at, besides the list of all
--
-- Returns how many entries it removed.
--@include keys

local lists, removed = { WORKERS }, 0
for i = 2, #ARGV do lists[#lists + 1] = queue_workers_key(ARGV[i]) end
for _, list in ipairs(lists) do
  for _, key in ipairs(redis.call('SMEMBERS', list)) do
    if redis.call('EXISTS', key) == 0 then removed = removed + redis.call('SREM', list, key) end
  end
end
return removed
