#!lua flags=allow-oom
-- Takes a worker off the lists. What is known of it stays for a minute, as Python leaves it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the worker
-- ARGV[3] -> the token of this very worker
-- ARGV[4] -> the time to show as its death
-- ARGV[5...] -> its queues
--
-- Returns 1, or 0 if the name is no longer this worker's.
--@include keys

local key = worker_key(ARGV[2])
if redis.call('HGET', key, 'token') ~= ARGV[3] then return 0 end
redis.call('SREM', WORKERS, key)
for i = 5, #ARGV do redis.call('SREM', queue_workers_key(ARGV[i]), key) end
redis.call('HSET', key, 'state', 'idle', 'death', ARGV[4])
redis.call('HDEL', key, 'current_job', 'token')
redis.call('DEL', executions_key(ARGV[2]))
redis.call('EXPIRE', key, 60)
return 1
