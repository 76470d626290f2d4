-- Deletes jobs, wherever they are.
--@include resolve

-- Deletes a job, all its keys and all that points at it, as drop does that.
local function delete(job, how, popped)
  local id, queue = job.id, job.origin
  if job.execution_id then redis.call('ZREM', registry_key('wip', queue), lease_member(id, job.execution_id)) end
  for _, registry in ipairs({ 'finished', 'failed', 'canceled' }) do
    redis.call('ZREM', registry_key(registry, queue), id)
  end
  drop(job, how, popped)
end
