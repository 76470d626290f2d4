#!lua flags=allow-oom
-- Puts a queue on the list of queues again if a key holds a job of it back: such a job comes to its queue later, and
-- nobody but its key knows of it until then.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> limit for a key of jobs at once, rate for one of starts in a period
-- ARGV[4] -> the key
-- ARGV[5] -> how many entries to look at
-- ARGV[6] -> how many entries to pass over: those that an earlier call saw
--
-- Returns {entries seen, entries seen to be passed over, 1 if there is one or 0}.
--@include keys

local queue, from = ARGV[2], tonumber(ARGV[6])
local set = ARGV[3] == 'limit' and limited_key(ARGV[4]) or paced_key(ARGV[4])
local ids = redis.call('ZRANGE', set, from, from + tonumber(ARGV[5]) - 1)
for _, id in ipairs(ids) do
  local found = redis.pcall('HMGET', job_key(id), 'origin', 'status')
  if found[1] == queue and found[2] == 'rate_limited' then
    redis.call('SADD', QUEUES, queue_key(queue))
    return { 0, 0, 1 }
  end
end
return { #ids, #ids, 0 }
