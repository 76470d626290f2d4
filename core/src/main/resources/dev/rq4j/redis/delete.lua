#!lua flags=allow-oom
-- Deletes a job and everything it left behind, whatever its status. A worker that runs it is told to stop, loses the
-- lease and settles nothing.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> the command that stops the job, for the worker that runs it
-- ARGV[4] -> which attempt at this request this is, from 1
-- ARGV[5] -> a random token of this request
--
-- Returns 1 if it was there, 0 if not.
--@include keys
--@include delete
--@include late

if comes_late(ARGV[5], ARGV[4]) then return 0 end
-- Sent again: there may be another of its id since.
local done = lease_member(ARGV[2], ARGV[5])
if entombed(done) then return 1 end
local job = look(ARGV[2])
if not job then return 0 end
entomb(done)
delete(job, 'deleted')
if job.status == 'started' then tell(worker_channel(job.worker_name or ''), ARGV[3]) end
return 1
