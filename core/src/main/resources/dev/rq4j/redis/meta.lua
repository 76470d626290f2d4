#!lua flags=no-writes
-- Reads the metadata of a job, unless it is too large.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> how many bytes at most
--
-- Returns {how many bytes it has, the bytes or nil}, or an empty list if there is no such job.
--@include keys

local key = job_key(ARGV[2])
if redis.call('EXISTS', key) == 0 then return {} end
local size = redis.call('HSTRLEN', key, 'meta')
if size > tonumber(ARGV[3]) then return { size } end
return { size, redis.call('HGET', key, 'meta') }
