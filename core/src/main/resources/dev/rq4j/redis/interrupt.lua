#!lua flags=allow-oom
-- Asks the worker that runs a job to stop it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> the command that stops it
--
-- Returns 1 if its worker is told, 0 if the job does not run or its worker does not listen, -1 if there is no such job.
--@include keys

local status, worker = unpack(redis.call('HMGET', job_key(ARGV[2]), 'status', 'worker_name'))
if not status and redis.call('EXISTS', job_key(ARGV[2])) == 0 then return -1 end
if status ~= 'started' or not worker then return 0 end
return redis.call('PUBLISH', worker_channel(worker), ARGV[3]) > 0 and 1 or 0
