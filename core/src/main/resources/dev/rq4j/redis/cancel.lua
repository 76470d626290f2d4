#!lua flags=allow-oom
-- Takes a job back before it has ended. A worker of ours that runs it loses the lease and is told; a Python worker that
-- runs it is asked to stop it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> the default time to live in seconds
-- ARGV[4] -> the command that stops the job, for the worker that runs it
-- ARGV[5] -> which attempt at this request this is, from 1
-- ARGV[6] -> a random token of this request
--
-- Returns 1 if it is canceled or its worker was asked to stop it, 0 if it had ended, -1 if there is no such job.
--@include keys
--@include resolve
--@include late

if comes_late(ARGV[6], ARGV[5]) then return 0 end
local id = ARGV[2]
-- Sent again: the job may have been queued again since.
local done = lease_member(id, ARGV[6])
if entombed(done) then return 1 end
local job = look(id)
if not job then return -1 end
if ENDED[job.status] then return 0 end

entomb(done)
if job.status == 'started' then
  tell(worker_channel(job.worker_name or ''), ARGV[4])
  local ours = job.execution_id
    and redis.call('ZREM', registry_key('wip', job.origin), lease_member(id, job.execution_id)) == 1
  if not ours then return 1 end
end
call_off(job, ARGV[3])
return 1
