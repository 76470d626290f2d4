#!lua flags=allow-oom
-- Deletes the jobs of a queue that a key holds back, those that came last first. The key is shared by many queues: the
-- jobs of others stay.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> limit for a key of jobs at once, rate for one of starts in a period
-- ARGV[4] -> the key
-- ARGV[5] -> how many entries to look at
-- ARGV[6] -> how many entries to pass over, counted from the end: those that an earlier call saw and left alone
--
-- Returns {entries seen, entries left alone}.
--@include keys
--@include delete

local queue, from = ARGV[2], tonumber(ARGV[6])
local set = ARGV[3] == 'limit' and limited_key(ARGV[4]) or paced_key(ARGV[4])
local ids = redis.call('ZRANGE', set, from, from + tonumber(ARGV[5]) - 1, 'REV')
local left_alone = 0
for _, id in ipairs(ids) do
  local job = look(id)
  if job and job.origin == queue and job.status == 'rate_limited' then delete(job, 'deleted') end
  if redis.call('ZSCORE', set, id) then left_alone = left_alone + 1 end
end
return { #ids, left_alone }
