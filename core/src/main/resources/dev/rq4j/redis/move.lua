#!lua flags=allow-oom
-- Moves a waiting job to another queue. It stays in its place: a scheduled job is scheduled there, a deferred one
-- deferred, and one that waits in its queue goes to the back of the other, or to its front.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> the other queue
-- ARGV[4] -> 1 for the front
-- ARGV[5] -> which attempt at this request this is, from 1
-- ARGV[6] -> a random token of this request
--
-- Returns a list of one: 1 if it is there, its status if it does not wait, or nil if there is no such job.
--@include keys
--@include place
--@include late

if comes_late(ARGV[6], ARGV[5]) then return { false } end
local id, target = ARGV[2], ARGV[3]
local job = look(id)
if not job then return { false } end
if job.origin == '' then job.origin = queue_that_lists(job.status or '', id) or '' end
if job.origin == target and (WAITS[job.status] or ARGV[5] ~= '1') then return { 1 } end
if not WAITS[job.status] or job.status == 'created' or job.status == 'ready_to_enqueue' then
  return { job.status or '' }
end
redis.call('LLEN', queue_key(target))
redis.call('ZCARD', registry_key('scheduled', target))
redis.call('ZCARD', registry_key('deferred', target))
-- Some worker of Python's has it in its hands if it is not where it says.
if job.status == 'queued' and redis.call('LREM', queue_key(job.origin), 0, id) == 0 then return { job.status } end
redis.call('SADD', QUEUES, queue_key(target))
redis.call('HSET', job_key(id), 'origin', target)

for _, registry in ipairs({ 'deferred', 'scheduled' }) do
  local at = redis.call('ZSCORE', registry_key(registry, job.origin), id)
  if at then
    redis.call('ZREM', registry_key(registry, job.origin), id)
    redis.call('ZADD', registry_key(registry, target), at, id)
    outlasts(registry_key(registry, target), math.max(tonumber(at) - NOW, 0))
  end
end
if job.status == 'queued' then push(id, target, ARGV[4] == '1') end
-- It may have left a queue in which others wait for it to take its turn, or come to one that takes them.
if job.rate_key then pace(job.rate_key, NOW) end
happened(job.origin, id, 'moved', target)
return { 1 }
