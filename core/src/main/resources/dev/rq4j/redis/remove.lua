#!lua flags=allow-oom
-- Takes a waiting job out of its queue and deletes it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> the job
-- ARGV[4] -> which attempt at this request this is, from 1
-- ARGV[5] -> a random token of this request
--
-- Returns 1 if it waited there, 0 if not.
--@include keys
--@include delete
--@include status
--@include late

if comes_late(ARGV[5], ARGV[4]) then return 0 end
local id = ARGV[3]
-- Sent again: there may be another of its id since.
local done = lease_member(id, ARGV[5])
if entombed(done) then return 1 end
if redis.call('LREM', queue_key(ARGV[2]), 0, id) == 0 then return 0 end
-- Python may have put an id into the list that has started or ended meanwhile.
local job = look(id)
if not job or NOT_WAITING[job.status] then return 0 end
entomb(done)
delete(job, 'deleted', true)
return 1
