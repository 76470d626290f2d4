#!lua flags=allow-oom
-- Deletes the jobs that wait at the front of a queue.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> how many at most
--
-- Returns how many ids it took off the queue.
--@include keys
--@include delete

local ids = redis.call('LPOP', queue_key(ARGV[2]), tonumber(ARGV[3])) or {}
for _, id in ipairs(ids) do
  local job = look(id)
  -- Others may have put an id into the list that has started or ended meanwhile, or is no job.
  if job and job.status == 'queued' then delete(job, 'deleted', true) end
end
return #ids
