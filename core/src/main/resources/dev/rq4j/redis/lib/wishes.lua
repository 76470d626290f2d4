-- What a job that waits for others wants of them, and how it stands with each.
--@include status
--@include tell
--@include retention
--@include numbers
--@include stray

-- Has a waiting job looked at again at this time, or earlier if it was to be.
local function look_again(id, at)
  redis.call('ZADD', DEADLINES, 'LT', score(at), id)
  outlasts(DEADLINES, at - NOW)
  if at < NOW + 1.5 then tell(WAKE, '') end
end

-- The field by which a waiting job remembers a parent that did not end as it should, or may not start in time. When
-- that one is gone it is gone for good; any other that is gone has finished, as far as anybody knows, and Python says
-- so too.
local function lost_with(parent) return 'lost_with:' .. parent end

-- Remembers such a parent, which is there for as many seconds yet: so long it may be queued again, or start.
local function fear_for(id, parent, left)
  redis.call('HSET', job_key(id), lost_with(parent), 1)
  if left > 0 then look_again(id, NOW + left + 1) end
end

-- What a deferred job wants to know of its parents: how the first of them is to end (run_if), and whether any end of
-- the others is enough.
local function wishes(id)
  local found = redis.pcall('HMGET', job_key(id), 'status', 'on_parent_failure', 'run_if',
    'allow_dependency_failures', 'input_from', 'enqueue_at_front', 'origin', 'dependency_id', 'expires_at')
  if found.err or found[1] ~= 'deferred' then return nil end
  local queue = found[7] or ''
  if queue == '' then
    queue = queue_that_lists('deferred', id) or ''
    if queue ~= '' then redis.call('HSET', job_key(id), 'origin', queue) end
  end
  local fate = found[2] or (found[4] == '1' and 'run' or 'wait')
  return { fate = fate, run_if = found[3], any = found[3] or fate == 'run', input_from = found[5],
    front = found[6] == '1', queue = queue, first = found[8], expires_at = time_of(found[9]) }
end

-- Returns whether it is this end of a parent that the job waits for.
local function suits(wish, parent, how)
  if wish.run_if and parent == wish.first then return how == wish.run_if end
  return how == 'finished' or wish.any
end

-- Returns how it stands between a job and a parent: met, waits, or lost for what will never be. Parents that Python
-- ended, and those that went with their time, are in the set of the job still.
local function standing(id, wish, parent)
  local status = redis.pcall('HGET', job_key(parent), 'status')
  local there, conditional = type(status) == 'string', wish.run_if and parent == wish.first
  if there and not ENDED[status] then return 'waits' end
  if unresolved[parent] or redis.call('HEXISTS', RESOLVING, parent) == 1 then return 'waits' end
  if there then
    if suits(wish, parent, status) then return 'met' end
    return conditional and status == 'finished' and 'lost' or 'waits'
  end
  if conditional then return 'lost' end
  return not wish.any and redis.call('HEXISTS', job_key(id), lost_with(parent)) == 1 and 'lost' or 'met'
end
