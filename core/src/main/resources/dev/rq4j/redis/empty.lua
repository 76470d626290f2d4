#!lua flags=allow-oom
-- Deletes the jobs that wait at the front of a queue, or those that came last among its scheduled or deferred ones: who
-- waits for another goes before that one does.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> how many at most
-- ARGV[4] -> queue, scheduled or deferred
--
-- Returns how many ids it took off.
--@include keys
--@include delete
--@include status

local queue, most, place = ARGV[2], tonumber(ARGV[3]), ARGV[4]
local ids
if place == 'queue' then
  ids = redis.call('LPOP', queue_key(queue), most) or {}
else
  ids = redis.call('ZRANGE', registry_key(place, queue), 0, most - 1, 'REV')
end
for _, id in ipairs(ids) do
  local job = look(id)
  if place ~= 'queue' then redis.call('ZREM', registry_key(place, queue), id) end
  -- Others may have put an id there that has started or ended meanwhile, or is no job.
  local waits = job and (place == 'queue' and not NOT_WAITING[job.status] or job.status == place)
  if waits then delete(job, 'deleted', place == 'queue') end
end
return #ids
