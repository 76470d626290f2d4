#!lua flags=allow-oom
-- Puts a job off that is under way, if the execution still holds it. Nothing is counted and nothing recorded.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2], [3], [4] -> queue, job, execution
-- ARGV[5] -> for how many seconds
--
-- Returns as fail does.
--@include keys
--@include again

local queue, id, execution = ARGV[2], ARGV[3], ARGV[4]
local job = look(id)

local no = refusal(registry_key('wip', queue), id, execution, job)
if no then return no end

job.origin = queue
redis.call('HSET', job_key(id), 'started_at', '', 'worker_name', '')
run_again(job, execution, tonumber(ARGV[5]))
return AGAIN
