#!lua flags=no-writes
-- Reads what a job was given, unless it is too large.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> the largest payload to read in bytes
-- ARGV[4] -> the largest field in bytes of the result that is its input
--
-- Returns {the size of its payload, the payload or nil, the job whose result is its input or nil, that result or nil,
-- the status of that job or nil, the size of that result}, or an empty list if there is no such job.
--@include keys

local key = job_key(ARGV[2])
local size = redis.pcall('HSTRLEN', key, 'data')
if type(size) ~= 'number' or redis.call('EXISTS', key) == 0 then return {} end
local data = size > 0 and size <= tonumber(ARGV[3]) and redis.call('HGET', key, 'data')
local parent, input = unpack(redis.call('HMGET', key, 'input_from', 'input'))
if not parent then return { size, data, false, false, false, 0 } end
local status = redis.pcall('HGET', job_key(parent), 'status')
local input_size = input and #input or 0
if input_size > tonumber(ARGV[4]) then input = false end
return { size, data, parent, input, type(status) == 'string' and status, input_size }
