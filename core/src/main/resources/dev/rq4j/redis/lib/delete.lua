-- Deletes jobs, wherever they are.
--@include resolve

-- Deletes a job, all its keys and all that points at it. It is deleted or expired for those who wait for it.
local function delete(job, how, popped)
  local id, queue = job.id, job.origin
  displace(job, popped, how == 'expired')
  if job.execution_id then redis.call('ZREM', registry_key('wip', queue), lease_member(id, job.execution_id)) end
  for _, registry in ipairs({ 'finished', 'failed', 'canceled' }) do
    redis.call('ZREM', registry_key(registry, queue), id)
  end
  ended(job, how, '', 0, true)
  forget(id, 'delete')
  announce(id, how == 'expired' and 'X' or 'D', '', 0)
end
