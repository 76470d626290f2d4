#!lua flags=allow-oom
-- Takes out of a registry the jobs whose time is over. Python scores a canceled job by when it was canceled: such an
-- entry goes when its job is gone.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> the registry: finished, failed or canceled
-- ARGV[4] -> how many entries to look at
-- ARGV[5] -> how many entries to pass over: those that an earlier call saw and left alone
--
-- Returns {entries seen, entries left alone}.
--@include keys
--@include clock

local registry = registry_key(ARGV[3], ARGV[2])
local left_alone = 0
local ids = redis.call('ZRANGE', registry, 0, NOW, 'BYSCORE', 'LIMIT', tonumber(ARGV[5]), tonumber(ARGV[4]))
for _, id in ipairs(ids) do
  if ARGV[3] == 'canceled' and redis.call('EXISTS', job_key(id)) == 1 then
    left_alone = left_alone + 1
  else
    redis.call('ZREM', registry, id)
  end
end
return { #ids, left_alone }
