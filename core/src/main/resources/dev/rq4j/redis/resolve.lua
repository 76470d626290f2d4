#!lua flags=allow-oom
-- Goes on telling dependents how their parents ended, where these had too many for one step.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
--
-- Returns how many parents are left.
--@include keys
--@include resolve

local found = redis.call('HRANDFIELD', RESOLVING, 1, 'WITHVALUES')
if #found > 0 then
  redis.call('HDEL', RESOLVING, found[1])
  local read, task = pcall(cmsgpack.unpack, found[2])
  if read and type(task) == 'table' and task.id then
    agenda[1] = task
    unresolved[task.id] = true
    work_off_agenda()
  end
end
return redis.call('HLEN', RESOLVING)
