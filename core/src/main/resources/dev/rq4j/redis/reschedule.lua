#!lua flags=allow-oom
-- Changes when a scheduled job runs: at once, or at another time.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> delay for a time from now, at for one of the clock
-- ARGV[4] -> the time in milliseconds
-- ARGV[5] -> which attempt at this request this is, from 1
-- ARGV[6] -> a random token of this request
--
-- Returns a list of one: 1 if that is done, its status if it is not scheduled, or nil if there is no such job.
--@include keys
--@include promote
--@include retention
--@include late

local id, done = ARGV[2], lease_member(ARGV[2], ARGV[6])
if comes_late(ARGV[6], ARGV[5]) then return { false } end
-- Sent again, it must not undo what others asked for since; and the job may have run.
if entombed(done) then return { 1 } end
local job = look(id)
if not job then return { false } end
if job.status ~= 'scheduled' then return { job.status or '' } end
if job.origin == '' then job.origin = queue_that_lists('scheduled', id) end
if not job.origin then return { job.status } end
-- A key of the wrong type is met before anything is written.
redis.call('LLEN', queue_key(job.origin))
redis.call('ZCARD', registry_key('scheduled', job.origin))
local unique = job.unique_key and unique_key(job.unique_key)
local holds_key = unique and redis.call('GET', unique) == id

local at = tonumber(ARGV[4]) / 1000
if ARGV[3] == 'delay' then at = NOW + at end
if at > NOW then
  redis.call('HSET', job_key(id), 'not_before', score(at), 'origin', job.origin)
  schedule(id, job.origin, at)
  if holds_key then redis.call('EXPIRE', unique, REGISTRY_SLACK + math.ceil(at - NOW)) end
else
  promote(id, job.origin)
end
entomb(done)
return { 1 }
