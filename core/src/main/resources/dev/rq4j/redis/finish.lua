#!lua flags=allow-oom
-- Ends a job well, if the execution still holds it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2], [3], [4] -> queue, job, execution
-- ARGV[5] -> the worker
-- ARGV[6], [7] -> start and end in seconds
-- ARGV[8] -> the end to show
-- ARGV[9] -> the default time to live in seconds
-- ARGV[10] -> the value in base64; '' for none
--
-- Returns 1 if settled, 0 if the lease is lost, 2 if this execution had settled before, 3 if the job was canceled or
-- deleted meanwhile.
--@include keys
--@include clock
--@include lease
--@include retention
--@include outcome
--@include settle

local queue, id, execution, value = ARGV[2], ARGV[3], ARGV[4], ARGV[10]
local wip = registry_key('wip', queue)
local status, last, wish = unpack(redis.call('HMGET', job_key(id), 'status', 'execution_id', 'result_ttl'))

local no = refusal(wip, id, execution, status, last)
if no then return no end

local ttl = ttl_of(wish, ARGV[9])
redis.call('ZREM', wip, lease_member(id, execution))
if ttl == 0 then
  forget(id, execution)
else
  redis.call('HSET', job_key(id), 'status', 'finished', 'ended_at', ARGV[8])
  record(id, 1, ARGV[5], 'return_value', value, execution, ARGV[6], ARGV[7])
  expire(id, ttl, execution)
  enlist(registry_key('finished', queue), id, ttl)
end
announce(id, value == '' and 'N' or 'V', value, ttl)
return SETTLED
