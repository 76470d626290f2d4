#!lua flags=allow-oom
-- Says how far a running job is, if the execution still holds it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2], [3], [4] -> queue, job, execution
-- ARGV[5] -> the percentage
-- ARGV[6] -> what to say about it; absent to leave what was said before
--
-- Returns 1, or 0 if the lease is lost.
--@include keys
--@include lease
--@include event

local queue, id, execution = ARGV[2], ARGV[3], ARGV[4]
if not runs(queue, id, execution) then return 0 end
redis.call('HSET', job_key(id), 'progress', ARGV[5])
if ARGV[6] then redis.call('HSET', job_key(id), 'progress_message', ARGV[6]) end
happened(queue, id, 'progress', ARGV[5] .. (ARGV[6] and ' ' .. ARGV[6] or ''))
return 1
