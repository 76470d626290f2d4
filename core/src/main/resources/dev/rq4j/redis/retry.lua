#!lua flags=allow-oom
-- Ends an attempt whose handler asks for another, if the execution still holds the job: it runs again, and has failed
-- if it has asked too often.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2], [3], [4] -> queue, job, execution
-- ARGV[5] -> the worker
-- ARGV[6], [7] -> start and end in seconds
-- ARGV[8] -> the default time to live in seconds
-- ARGV[9] -> the reason, compressed and in base64
-- ARGV[10] -> how often it may ask
-- ARGV[11] -> the intervals, a JSON list of seconds
-- ARGV[12] -> the jitter
-- ARGV[13] -> 1 for the front of the queue
-- ARGV[14...] -> jobs to make if it has failed for good, as lib/create.lua reads them
--
-- Returns as fail does.
--@include keys
--@include failure
--@include again

local queue, id, execution = ARGV[2], ARGV[3], ARGV[4]
local job = look(id)

local no = refusal(registry_key('wip', queue), id, execution, job)
if no then return no end

job.origin = queue
local asked = count_of(redis.call('HGET', job_key(id), 'number_of_retries')) + 1
redis.call('HSET', job_key(id), 'number_of_retries', asked)
if asked > tonumber(ARGV[10]) then
  end_badly(job, execution, 'failed', 'F', 5, ARGV[9], ARGV[5], ARGV[6], ARGV[7], ARGV[8])
  if #ARGV >= 14 then
    local JOBS = 14
    --@include follow
    follow()
  end
  return SETTLED
end
record(id, 4, ARGV[5], 'exc_string', ARGV[9], execution, ARGV[6], ARGV[7])
happened(queue, id, 'retried')
run_again(job, execution, jittered(interval(ARGV[11], asked), ARGV[12], execution), ARGV[13] == '1')
return AGAIN
