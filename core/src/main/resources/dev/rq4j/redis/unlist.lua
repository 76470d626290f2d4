#!lua flags=allow-oom
-- Takes a queue off the list of queues, if no job of it waits or runs. Jobs that have ended are kept as long as they
-- are; of those that a key holds back, relist.lua knows.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
--
-- Returns 1 if it is off the list, 0 if something is left in it.
--@include keys

local queue = ARGV[2]
if redis.call('LLEN', queue_key(queue)) > 0 then return 0 end
for _, registry in ipairs({ 'wip', 'scheduled', 'deferred', 'ready' }) do
  if redis.call('ZCARD', registry_key(registry, queue)) > 0 then return 0 end
end
redis.call('SREM', QUEUES, queue_key(queue))
return 1
