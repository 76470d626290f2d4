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
local token, death, current = unpack(redis.call('HMGET', key, 'token', 'death', 'current_job'))
if token ~= ARGV[3] and not death and redis.call('EXISTS', key) == 1 then return 0 end
if death then redis.call('DEL', key) end

redis.call('HSET', key, 'token', ARGV[3], 'queues', ARGV[8], 'successful_job_count', ARGV[5],
  'failed_job_count', ARGV[6], 'total_working_time', ARGV[7], unpack(ARGV, 11 + held))
if ARGV[9] ~= '' then
  redis.call('HSET', key, 'current_job', ARGV[9])
elseif current then
  redis.call('HDEL', key, 'current_job')
end
redis.call('EXPIRE', key, ttl)
-- Who shows no job has shown no executions.
if held > 0 or current then redis.call('DEL', executions_key(ARGV[2])) end
if held > 0 then
  redis.call('SADD', executions_key(ARGV[2]), unpack(ARGV, 11, 10 + held))
  redis.call('EXPIRE', executions_key(ARGV[2]), ttl)
end
-- A list has had its time to live since the worker came onto it, which is put there again should the list go.
local function list(workers)
  if redis.call('SADD', workers, key) == 1 then redis.call('EXPIRE', workers, REGISTRY_SLACK) end
end

list(WORKERS)
for queue in string.gmatch(ARGV[8], '[^,]+') do list(queue_workers_key(queue)) end
return 1
