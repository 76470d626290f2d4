#!lua flags=allow-oom
-- Lets a queue, or all work, go on, and wakes the workers that wait for that.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue; '' for all work
-- ARGV[3] -> the message that wakes them
--
-- Returns 1.
--@include keys
--@include tell

if ARGV[2] == '' then
  redis.call('DEL', SUSPENDED)
else
  redis.call('SREM', PAUSED, ARGV[2])
end
tell(WAKE, ARGV[3])
return 1
