#!lua flags=allow-oom
-- Pauses a queue, or suspends all work as RQ does: what runs goes on, and nothing more is handed out.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue; '' for all work
-- ARGV[3] -> for how many milliseconds all work; '' until somebody resumes it
-- ARGV[4] -> which attempt at this request this is, from 1
-- ARGV[5] -> a random token of this request
--
-- Returns 1.
--@include keys
--@include late

if comes_late(ARGV[5], ARGV[4]) then return 1 end
if ARGV[2] ~= '' then
  redis.call('SADD', PAUSED, ARGV[2])
elseif ARGV[3] ~= '' then
  redis.call('SET', SUSPENDED, 1, 'PX', ARGV[3])
else
  redis.call('SET', SUSPENDED, 1)
end
return 1
