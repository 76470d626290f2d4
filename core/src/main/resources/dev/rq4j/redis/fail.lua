#!lua flags=allow-oom
-- Ends an attempt with an error, if the execution still holds the job: the job is tried again or has failed.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2], [3], [4] -> queue, job, execution
-- ARGV[5] -> the worker
-- ARGV[6], [7] -> start and end in seconds
-- ARGV[8] -> the default time to live in seconds
-- ARGV[9] -> the reason, compressed and in base64
-- ARGV[10] -> 1 if the job may be tried again
-- ARGV[11...] -> jobs to make if it has failed for good, as lib/create.lua reads them
--
-- Returns as finish does; 4 if it is tried again.
--@include keys
--@include failure

local queue, id, execution = ARGV[2], ARGV[3], ARGV[4]
local job = look(id)

local no = refusal(registry_key('wip', queue), id, execution, job)
if no then return no end

job.origin = queue
if ARGV[10] == '1' and try_again(job, execution, ARGV[9], ARGV[5], ARGV[6], ARGV[7]) then return AGAIN end
end_badly(job, execution, 'failed', 'F', 2, ARGV[9], ARGV[5], ARGV[6], ARGV[7], ARGV[8])
if #ARGV >= 11 then
  local JOBS = 11
  --@include follow
  follow()
end
return SETTLED
