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
  local task = cmsgpack.unpack(found[2])
  redis.call('HDEL', RESOLVING, found[1])
  agenda[1] = task
  unresolved[task.id] = true
  work_off_agenda()
end
return redis.call('HLEN', RESOLVING)
