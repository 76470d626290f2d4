#!lua flags=allow-oom
-- Takes out of a registry the jobs whose time is over. Python scores a canceled job by when it was canceled: such an
-- entry goes when its job is gone. A registry in which nothing is kept for ever gets a time to live.
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
--@include retention

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
-- Made by Python, or freed of what was kept for ever: from now on it goes with its last entry. RQ scores what is kept
-- for ever -1 among the failed.
if redis.call('TTL', registry) == -1 and redis.call('ZCOUNT', registry, '-inf', '(0') == 0 then
  local latest = redis.call('ZRANGE', registry, -1, -1, 'WITHSCORES')[2]
  if latest ~= 'inf' then
    -- Others keep what they want for as long as they want, beyond what an expiry can be.
    local left = math.min(math.max(tonumber(latest) - NOW, 0), A_MILLENNIUM)
    redis.call('EXPIRE', registry, math.ceil(left) + REGISTRY_SLACK)
  end
end
return { #ids, left_alone }
