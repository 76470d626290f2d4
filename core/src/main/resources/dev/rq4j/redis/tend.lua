#!lua flags=allow-oom
-- Looks after deferred jobs: those whose parents Python ended, or are gone, go their way or are taken back. Python
-- tells dependents of good ends only, and only those that have nobody else to wait for.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> how many entries to look at
-- ARGV[4] -> how many entries to pass over: those that an earlier call saw and left alone
--
-- Returns {entries seen, or as many as it was to look at if there may be more, entries left alone}.
--@include keys
--@include tend

-- Python lists a job before it writes it: its entry is given time to be followed by the job.
local PATIENCE = 60

local registry = registry_key('deferred', ARGV[2])
local from = tonumber(ARGV[4])
local entries = redis.call('ZRANGE', registry, from, from + tonumber(ARGV[3]) - 1, 'WITHSCORES')
local seen, left_alone = 0, 0
for i = 1, #entries, 2 do
  if asked_after >= MOST_ASKED_AFTER then break end
  seen = seen + 1
  local id = entries[i]
  local status = redis.pcall('HGET', job_key(id), 'status')
  if status == 'deferred' then
    -- One that cannot be looked after, a key of the wrong type, say, keeps nobody else waiting.
    pcall(tend, id)
  elseif tonumber(entries[i + 1]) < NOW - PATIENCE then
    redis.call('ZREM', registry, id)
  end
  if redis.call('ZSCORE', registry, id) then left_alone = left_alone + 1 end
end
outlasts(registry, 0)
-- Cut short, there is more to see.
return { asked_after >= MOST_ASKED_AFTER and tonumber(ARGV[3]) or seen, left_alone }
