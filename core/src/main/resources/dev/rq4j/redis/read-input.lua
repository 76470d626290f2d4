#!lua flags=no-writes
-- Reads what a job was given, unless it is too large.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> the largest payload to read in bytes
--
-- Returns {the size of its payload, the payload or nil, the job whose result is its input or nil, that result or nil,
-- the status of that job or nil}, or an empty list if there is no such job.
--@include keys

local key = job_key(ARGV[2])
local size = redis.pcall('HSTRLEN', key, 'data')
if type(size) ~= 'number' or redis.call('EXISTS', key) == 0 then return {} end
local data = size > 0 and size <= tonumber(ARGV[3]) and redis.call('HGET', key, 'data')
local parent, input = unpack(redis.call('HMGET', key, 'input_from', 'input'))
if not parent then return { size, data, false, false, false } end
local status = redis.pcall('HGET', job_key(parent), 'status')
return { size, data, parent, input, type(status) == 'string' and status }
