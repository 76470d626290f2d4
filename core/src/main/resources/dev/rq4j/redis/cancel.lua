#!lua flags=allow-oom
-- Takes a job back before it has ended. A worker of ours that runs it loses the lease and is told; a Python worker that
-- runs it is asked to stop it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> the end to show
-- ARGV[4] -> the default time to live in seconds
-- ARGV[5] -> the command that stops the job, for the worker that runs it
-- ARGV[6] -> which attempt at this request this is, from 1
--
-- Returns 1 if it is canceled or its worker was asked to stop it, 0 if it had ended, -1 if there is no such job.
--@include keys
--@include clock
--@include lease
--@include retention
--@include outcome

local id = ARGV[2]
local status, queue, worker, execution, wish =
  unpack(redis.call('HMGET', job_key(id), 'status', 'origin', 'worker_name', 'execution_id', 'failure_ttl'))
if not status and redis.call('EXISTS', job_key(id)) == 0 then
  return ARGV[6] ~= '1' and entombed(lease_member(id, 'cancel')) and 1 or -1
end
if status == 'canceled' and ARGV[6] ~= '1' then return 1 end
if status == 'finished' or status == 'failed' or status == 'stopped' or status == 'canceled' then return 0 end
queue = queue or ''

if status == 'started' then
  tell(worker_channel(worker or ''), ARGV[5])
  local ours = execution and redis.call('ZREM', registry_key('wip', queue), lease_member(id, execution)) == 1
  if not ours then return 1 end
end
redis.call('LREM', queue_key(queue), 0, id)
for _, registry in ipairs({ 'deferred', 'scheduled', 'ready' }) do
  redis.call('ZREM', registry_key(registry, queue), id)
end
local ttl = ttl_of(wish, ARGV[4])
if ttl == 0 then
  forget(id, 'cancel')
else
  redis.call('HSET', job_key(id), 'status', 'canceled', 'ended_at', ARGV[3])
  expire(id, ttl, 'cancel')
  enlist(registry_key('canceled', queue), id, ttl)
end
announce(id, 'C', '', ttl)
return 1
