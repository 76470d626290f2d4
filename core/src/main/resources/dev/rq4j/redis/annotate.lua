#!lua
-- Replaces the metadata of a job, if nobody has changed it since it was read.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2], [3], [4] -> queue, job, execution: the execution must hold the job; '' for anybody
-- ARGV[5] -> the metadata that was read; '' for none
-- ARGV[6] -> the metadata to write
-- ARGV[7] -> a random token of this request
-- ARGV[8] -> which attempt at this request this is, from 1
--
-- Returns 1 if it is replaced, 0 if somebody has changed it, -1 if there is no such job, -2 if the lease is lost.
--@include keys
--@include late
--@include clock
--@include lease
--@include retention

local queue, id, execution = ARGV[2], ARGV[3], ARGV[4]
local done = lease_member(id, ARGV[7])

if comes_late(ARGV[7], ARGV[8]) then return 0 end
if ARGV[8] ~= '1' and entombed(done) then return 1 end
if redis.call('EXISTS', job_key(id)) == 0 then return execution == '' and -1 or -2 end
if execution ~= '' and not runs(queue, id, execution) then return -2 end
if (redis.call('HGET', job_key(id), 'meta') or '') ~= ARGV[5] then return 0 end
redis.call('HSET', job_key(id), 'meta', ARGV[6])
entomb(done)
return 1
