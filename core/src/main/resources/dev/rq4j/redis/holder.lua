#!lua flags=no-writes
-- Says who holds a unique key.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the key
--
-- Returns {the job}, or an empty list when the key is free.
--@include keys
--@include job
--@include status

local held = redis.call('GET', unique_key(ARGV[2]))
if not held then return {} end
-- A key that is taken for a time, whatever becomes of the job, begins with a mark.
local mark, id = string.match(held, '^(~?)(.*)$')
if mark ~= '' then return { id } end
local job = look(id)
return job and not ENDED[job.status] and { id } or {}
