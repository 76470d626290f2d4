#!lua flags=allow-oom
-- Lets a queue, or all work, go on, and wakes the workers that wait for that.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue; '' for all work
-- ARGV[3] -> the message that wakes them
-- ARGV[4] -> which attempt at this request this is, from 1
-- ARGV[5] -> a random token of this request
--
-- Returns 1.
--@include keys
--@include tell
--@include late

if comes_late(ARGV[5], ARGV[4]) then return 1 end
if ARGV[2] == '' then
  redis.call('DEL', SUSPENDED)
else
  redis.call('SREM', PAUSED, ARGV[2])
end
tell(WAKE, ARGV[3])
return 1
