-- What follows when a job has ended or is gone: for its key, its group, and those who wait for it.
--@include place
--@include retention
--@include outcome

-- How many dependents one script tells of an end. The others are told by resolve.lua.
local MOST_TOLD = 500
local told, agenda, ended = 0, {}, nil

-- Has a waiting job looked at again at this time, or earlier if it was to be.
local function look_again(id, at)
  redis.call('ZADD', DEADLINES, 'LT', score(at), id)
  outlasts(DEADLINES, at - NOW)
  if at < NOW + 1.5 then tell(WAKE, '') end
end

-- Returns whether a job has parents that are yet to end as it needs. Those that Python ended, and those that went with
-- their time, are in the set still.
local function has_parents(id, runs_anyway)
  local set = dependencies_key(id)
  local parent = redis.call('SRANDMEMBER', set)
  while parent do
    local status = redis.pcall('HGET', job_key(parent), 'status')
    if status and status ~= 'finished' and not (runs_anyway and ENDED[status]) then return true end
    redis.call('SREM', set, parent)
    parent = redis.call('SRANDMEMBER', set)
  end
  return false
end

-- Takes back a job that waited for one that will never end as it needs, and all below it.
local function call_off(id)
  local job = look(id)
  local ttl = ttl_of(job.failure_ttl, A_YEAR)
  displace(job)
  ended(job, 'canceled', '', ttl, true)
  if ttl == 0 then
    forget(id, 'cancel')
  else
    redis.call('HSET', job_key(id), 'status', 'canceled', 'ended_at', shown_now())
    expire(id, ttl, 'cancel')
    enlist(registry_key('canceled', job.origin), id, ttl)
  end
  announce(id, 'C', '', ttl)
end

-- Deletes a job that waited for an occasion that will not come.
local function drop(id)
  local job = look(id)
  displace(job)
  ended(job, 'deleted', '', 0, true)
  forget(id, 'delete')
  announce(id, 'D', '', 0)
end

-- What a deferred job wants to know of its parents: only how one end is enough (run_if), or whether any end is.
local function wishes(id)
  local found = redis.pcall('HMGET', job_key(id), 'status', 'on_parent_failure', 'run_if',
    'allow_dependency_failures', 'input_from', 'enqueue_at_front', 'origin', 'dependency_id')
  if found.err or found[1] ~= 'deferred' then return nil end
  return { fate = found[2] or (found[4] == '1' and 'run' or 'wait'), run_if = found[3], input_from = found[5],
    front = found[6] == '1', queue = found[7] or '', first = found[8] }
end

-- Lets a deferred job go its way if it waits for nobody any more.
local function undefer(id, wish)
  if has_parents(id, wish.fate == 'run' or wish.run_if) then return end
  redis.call('ZREM', registry_key('deferred', wish.queue), id)
  redis.call('DEL', dependencies_key(id))
  -- Python lists a queue when the first job gets into it.
  redis.call('SADD', QUEUES, queue_key(wish.queue))
  place(id, wish.front)
end

-- Tells one dependent how its parent ended.
local function tell_dependent(id, task)
  local wish = wishes(id)
  if not wish then
    redis.call('SREM', dependents_key(task.id), id)
    return
  end
  local good = task.how == 'finished'
  -- The first of its parents is the one that run_if speaks of.
  if wish.run_if and wish.run_if ~= task.how and (not wish.first or wish.first == task.id) then
    if good or task.for_good then return drop(id) end
  elseif good or wish.run_if or wish.fate == 'run' then
    redis.call('SREM', dependents_key(task.id), id)
    redis.call('SREM', dependencies_key(id), task.id)
    if good and wish.input_from == task.id then redis.call('HSET', job_key(id), 'input', task.value) end
    return undefer(id, wish)
  elseif wish.fate == 'cancel' or task.for_good then
    return call_off(id)
  end
  -- Somebody may queue the parent again, as long as it is kept.
  if task.ttl > 0 then look_again(id, NOW + task.ttl + 1) end
end

-- Tells the dependents of a job, and remembers where it stopped when they are too many.
local function tell_dependents(task)
  local set = dependents_key(task.id)
  repeat
    local found = redis.call('SSCAN', set, task.cursor, 'COUNT', 100)
    task.cursor = found[1]
    for _, id in ipairs(found[2]) do
      told = told + 1
      tell_dependent(id, task)
    end
  until task.cursor == '0' or told >= MOST_TOLD
  if task.cursor ~= '0' then
    redis.call('HSET', RESOLVING, task.id, cmsgpack.pack(task))
    outlasts(RESOLVING, 0)
    tell(WAKE, '')
    return
  end
  redis.call('HDEL', RESOLVING, task.id)
  unresolved[task.id] = nil
  -- Those that still wait are listed as long as the job is kept.
  local left = redis.call('PTTL', job_key(task.id))
  if left >= 0 then redis.call('PEXPIRE', set, left) elseif left == -2 then redis.call('DEL', set) end
end

local telling = false

-- Tells dependents, those of the called off among them included, one job after the other.
local function work_off_agenda()
  if telling then return end
  telling = true
  while #agenda > 0 do
    local task = table.remove(agenda, 1)
    if told < MOST_TOLD then
      tell_dependents(task)
    else
      redis.call('HSET', RESOLVING, task.id, cmsgpack.pack(task))
      outlasts(RESOLVING, 0)
      tell(WAKE, '')
    end
  end
  telling = false
end

-- To be called in the step in which a job ends or is deleted, while its keys are there still: how it ended, its value
-- if it has one, how long it is kept, and whether it is certain that it will not be queued again.
function ended(job, how, value, ttl, for_good)
  local id = job.id
  if job.rate_limit_key then vacate(id, job.rate_limit_key) end
  if job.unique_key and redis.call('GET', unique_key(job.unique_key)) == id then
    redis.call('DEL', unique_key(job.unique_key))
  end
  if job.group_id then tell(group_channel(job.group_id), id) end
  if redis.call('EXISTS', dependents_key(id)) == 1 then
    unresolved[id] = true
    for_good = for_good or ttl == 0
    agenda[#agenda + 1] = { id = id, how = how, value = value, cursor = '0', ttl = ttl, for_good = for_good }
    work_off_agenda()
  end
  happened(job.origin, id, how)
end
