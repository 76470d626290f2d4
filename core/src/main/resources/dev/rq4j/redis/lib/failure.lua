-- Ends a job as failed or stopped: status, history, failed registry and retention in one.
local function end_badly(queue, id, execution, status, letter, text, worker, started, ended, ended_at, default_ttl, wish)
  local ttl = ttl_of(wish, default_ttl)
  redis.call('ZREM', registry_key('wip', queue), lease_member(id, execution))
  if ttl == 0 then
    forget(id, execution)
  else
    redis.call('HSET', job_key(id), 'status', status, 'ended_at', ended_at)
    record(id, 2, worker, 'exc_string', text, execution, started, ended)
    expire(id, ttl, execution)
    enlist(registry_key('failed', queue), id, ttl)
  end
  announce(id, letter, letter == 'F' and text or '', ttl)
end
