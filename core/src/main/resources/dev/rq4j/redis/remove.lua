#!lua flags=allow-oom
-- Takes a waiting job out of its queue and deletes it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> the job
--
-- Returns 1 if it waited there, 0 if not.
--@include keys
--@include clock
--@include lease
--@include retention
--@include outcome
--@include delete

local id = ARGV[3]
if redis.call('LREM', queue_key(ARGV[2]), 0, id) == 0 then return 0 end
delete(id)
announce(id, 'D', '', 0)
return 1
