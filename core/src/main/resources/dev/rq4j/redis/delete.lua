#!lua flags=allow-oom
-- Deletes a job and everything it left behind, whatever its status. A worker that runs it is told to stop, loses the
-- lease and settles nothing.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> the command that stops the job, for the worker that runs it
-- ARGV[4] -> which attempt at this request this is, from 1
--
-- Returns 1 if it was there, 0 if not.
--@include keys
--@include clock
--@include lease
--@include retention
--@include outcome
--@include delete

local id = ARGV[2]
if redis.call('EXISTS', job_key(id)) == 0 then
  return deleted_before(id, ARGV[4])
end
local status, worker = delete(id)
if status == 'started' then tell(worker_channel(worker or ''), ARGV[3]) end
announce(id, 'D', '', 0)
return 1
