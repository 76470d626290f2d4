#!lua flags=allow-oom
-- Ends a job that was stopped while it ran, if the execution still holds it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2], [3], [4] -> queue, job, execution
-- ARGV[5] -> the worker
-- ARGV[6], [7] -> start and end in seconds
-- ARGV[8] -> the default time to live in seconds
-- ARGV[9] -> the reason, compressed and in base64
--
-- Returns as finish does.
--@include keys
--@include failure

local queue, id, execution = ARGV[2], ARGV[3], ARGV[4]
local job = look(id)

local no = refusal(registry_key('wip', queue), id, execution, job)
if no then return no end

job.origin = queue
end_badly(job, execution, 'stopped', 'S', 2, ARGV[9], ARGV[5], ARGV[6], ARGV[7], ARGV[8])
return SETTLED
