#!lua flags=allow-oom
-- Changes how long a job is kept: at once if it has ended, otherwise for when it will have.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> the time to live in seconds: -1 for ever, 0 not at all
-- ARGV[4] -> which attempt at this request this is, from 1
-- ARGV[5] -> a random token of this request
--
-- Returns 1 if the job is there, 0 if not.
--@include keys
--@include delete
--@include late

if comes_late(ARGV[5], ARGV[4]) then return 0 end
local id, ttl = ARGV[2], tonumber(ARGV[3])
local REGISTRY = { finished = 'finished', failed = 'failed', stopped = 'failed', canceled = 'canceled' }
-- Sent again: there may be another of its id since.
local done = lease_member(id, ARGV[5])
if entombed(done) then return 1 end
local job = look(id)
if not job then return 0 end
entomb(done)

local registry = REGISTRY[job.status or '']
if registry and ttl == 0 then
  delete(job, 'deleted')
  return 1
end
redis.call('HSET', job_key(id), 'result_ttl', ttl, 'failure_ttl', ttl)
if registry then
  expire(id, ttl)
  enlist(registry_key(registry, job.origin), id, ttl)
  -- Those who wait for it to be queued again wait no longer than it is kept.
  if job.status ~= 'finished' then tell_all(id, job.status, '', ttl) end
end
return 1
