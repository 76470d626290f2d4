local ENDED = { finished = true, failed = true, stopped = true, canceled = true }

-- Removes a job from wherever it is, and all its keys.
local function delete(id)
  local status, queue, worker, execution =
    unpack(redis.call('HMGET', job_key(id), 'status', 'origin', 'worker_name', 'execution_id'))
  queue = queue or ''
  -- To look through the list takes long, and only what waits is in it.
  if not ENDED[status] then redis.call('LREM', queue_key(queue), 0, id) end
  for _, registry in ipairs({ 'finished', 'failed', 'deferred', 'scheduled', 'canceled', 'ready' }) do
    redis.call('ZREM', registry_key(registry, queue), id)
  end
  if execution then redis.call('ZREM', registry_key('wip', queue), lease_member(id, execution)) end
  forget(id, 'delete')
  return status, worker
end
