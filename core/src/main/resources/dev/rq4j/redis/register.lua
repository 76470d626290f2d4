#!lua flags=allow-oom
-- Makes a worker known, or keeps it known. A name that a live worker has is refused.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the worker
-- ARGV[3] -> a token of this very worker
-- ARGV[4] -> for how many seconds it is known
-- ARGV[5], [6], [7] -> jobs finished, jobs failed and seconds worked since it began; a call that is sent again, because
-- its answer was lost, counts nothing twice
-- ARGV[8] -> the queues, with commas
-- ARGV[9] -> the job to show as the current one; '' for none
-- ARGV[10] -> how many executions follow
-- ARGV[11...] -> those that it holds, as the started registry spells them, then fields and values of its hash
--
-- Returns 1, or 0 if another live worker has the name.
--@include keys

local key, ttl, held = worker_key(ARGV[2]), tonumber(ARGV[4]), tonumber(ARGV[10])
local token, death = unpack(redis.call('HMGET', key, 'token', 'death'))
if token ~= ARGV[3] and not death and redis.call('EXISTS', key) == 1 then return 0 end
if death then redis.call('DEL', key) end

redis.call('HSET', key, 'token', ARGV[3], 'queues', ARGV[8], unpack(ARGV, 11 + held))
if ARGV[9] == '' then
  redis.call('HDEL', key, 'current_job')
else
  redis.call('HSET', key, 'current_job', ARGV[9])
end
redis.call('HSET', key, 'successful_job_count', ARGV[5], 'failed_job_count', ARGV[6], 'total_working_time', ARGV[7])
redis.call('EXPIRE', key, ttl)
redis.call('DEL', executions_key(ARGV[2]))
if held > 0 then
  redis.call('SADD', executions_key(ARGV[2]), unpack(ARGV, 11, 10 + held))
  redis.call('EXPIRE', executions_key(ARGV[2]), ttl)
end
redis.call('SADD', WORKERS, key)
redis.call('EXPIRE', WORKERS, REGISTRY_SLACK)
for queue in string.gmatch(ARGV[8], '[^,]+') do
  redis.call('SADD', queue_workers_key(queue), key)
  redis.call('EXPIRE', queue_workers_key(queue), REGISTRY_SLACK)
end
return 1
