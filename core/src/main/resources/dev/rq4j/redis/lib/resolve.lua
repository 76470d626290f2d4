-- What follows when a job has ended or is gone: for its key, its group, and those who wait for it.
--@include place
--@include retention
--@include outcome
--@include input

-- How many dependents one script tells of an end. The others are told by resolve.lua.
local MOST_TOLD = 500
local agenda, ended = {}, nil

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
  local fate = found[2] or (found[4] == '1' and 'run' or 'wait')
  return { fate = fate, run_if = found[3], any = found[3] or fate == 'run', input_from = found[5],
    front = found[6] == '1', queue = found[7] or '', first = found[8], expires_at = tonumber(found[9] or nil) }
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

-- Takes back a job that waited for one that does not end as it needs, and those below it that ask for the same, or all
-- of them if it is certain that this one will not come back.
local function call_off(id, for_good)
  local job = look(id)
  local ttl = ttl_of(job.failure_ttl, A_YEAR)
  displace(job)
  ended(job, 'canceled', '', ttl, for_good)
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
local function drop(id, popped)
  local job = look(id)
  displace(job, popped)
  ended(job, 'deleted', '', 0, true)
  forget(id, 'delete')
  announce(id, 'D', '', 0)
end

local function give_up(id, wish)
  if wish.run_if then drop(id) else call_off(id, true) end
end

-- Has a deferred job looked at soon, and the less often the longer it has waited, since Python tells nobody how its
-- parents ended. This is for those of which Python leaves to us what follows; tend.lua sees the others now and then.
local function look_after(id, age) look_again(id, NOW + math.max(2, math.min(age / 8, 60))) end

-- A Python worker that ends the last parent of a job queues it, but not if it waits for itself as well, which we know
-- to be nothing. So does a job that has reasons to wait of which Python does not know. Returns whether this is one.
local function keep_from_python(id)
  local reasons = redis.call('HMGET', job_key(id), 'run_if', 'not_before', 'rate_limit_key')
  local kept = reasons[1] or reasons[2] or reasons[3]
  if kept then redis.call('SADD', dependencies_key(id), id) end
  return kept
end

-- Lets a job wait for its parents.
local function defer(id, queue, parents)
  redis.call('ZADD', registry_key('deferred', queue), score(NOW), id)
  outlasts(registry_key('deferred', queue), 0)
  redis.call('HSET', job_key(id), 'status', 'deferred')
  for _, parent in ipairs(parents) do
    redis.call('SADD', dependents_key(parent), id)
    redis.call('SADD', dependencies_key(id), parent)
    local left = redis.call('TTL', job_key(parent))
    if left >= 0 then redis.call('EXPIRE', dependents_key(parent), left) end
    if left >= 0 or ENDED[redis.call('HGET', job_key(parent), 'status')] then fear_for(id, parent, left) end
  end
  if keep_from_python(id) or redis.call('HGET', job_key(id), 'on_parent_failure') == 'cancel' then look_after(id, 0) end
  happened(queue, id, 'deferred')
end

-- Returns one of those that a job waits for, and that is not itself.
local function any_parent(id)
  local some = redis.call('SRANDMEMBER', dependencies_key(id), 2)
  return some[1] ~= id and some[1] or some[2]
end

-- Lets a deferred job go its way if it waits for nobody any more.
local function undefer(id, wish)
  local parent = any_parent(id)
  while parent do
    local stands = standing(id, wish, parent)
    if stands == 'waits' then return end
    if stands == 'lost' then return give_up(id, wish) end
    redis.call('SREM', dependencies_key(id), parent)
    redis.call('SREM', dependents_key(parent), id)
    parent = any_parent(id)
  end
  redis.call('DEL', dependencies_key(id))
  redis.call('ZREM', registry_key('deferred', wish.queue), id)
  redis.call('ZREM', DEADLINES, id)
  if wish.expires_at then look_again(id, wish.expires_at) end
  if wish.run_if then redis.call('HDEL', job_key(id), 'run_if') end
  if wish.input_from then take_input(id, wish.input_from) end
  -- Python lists a queue when the first job gets into it.
  redis.call('SADD', QUEUES, queue_key(wish.queue))
  place(id, wish.front)
end

-- Says to a deferred job how it stands with a parent that may have ended or gone without a word. Returns whether that
-- is the end of it.
local function ask_after(id, wish, parent)
  local stands = standing(id, wish, parent)
  if stands == 'met' then
    redis.call('SREM', dependencies_key(id), parent)
    redis.call('SREM', dependents_key(parent), id)
    return false
  end
  if stands == 'lost' then
    give_up(id, wish)
    return true
  end
  local status, left = redis.call('HGET', job_key(parent), 'status'), redis.call('TTL', job_key(parent))
  local ended_badly = ENDED[status] and not suits(wish, parent, status)
  if ended_badly and wish.fate == 'cancel' then
    call_off(id)
    return true
  end
  if ended_badly or left >= 0 then fear_for(id, parent, left) end
  return false
end

-- Looks after a deferred job.
local function tend(id)
  local wish, kept = wishes(id), false
  if not wish then return end
  local since = redis.call('ZSCORE', registry_key('deferred', wish.queue), id)
  for _, parent in ipairs(redis.call('SMEMBERS', dependencies_key(id))) do
    if parent == id then kept = true elseif ask_after(id, wish, parent) then return end
  end
  undefer(id, wish)
  if redis.call('HGET', job_key(id), 'status') ~= 'deferred' then return end
  if kept or wish.fate == 'cancel' then look_after(id, NOW - tonumber(since or NOW)) end
end

-- Tells one dependent how its parent ended.
local function tell_dependent(id, task)
  local wish = wishes(id)
  if not wish then
    redis.call('SREM', dependents_key(task.id), id)
    return
  end
  local conditional = wish.run_if and wish.first == task.id
  if suits(wish, task.id, task.how) then
    redis.call('SREM', dependents_key(task.id), id)
    redis.call('SREM', dependencies_key(id), task.id)
    if task.how == 'finished' and wish.input_from == task.id then
      redis.call('HSET', job_key(id), 'input', task.value)
    end
    undefer(id, wish)
  elseif task.for_good or (conditional and task.how == 'finished') then
    give_up(id, wish)
  elseif wish.fate == 'cancel' then
    call_off(id)
  else
    -- Somebody may queue the parent again, as long as it is kept.
    fear_for(id, task.id, task.ttl)
  end
end

local function postpone(task)
  redis.call('HSET', RESOLVING, task.id, cmsgpack.pack(task))
  outlasts(RESOLVING, 0)
  tell(WAKE, '')
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
  if task.cursor ~= '0' then return postpone(task) end
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
    if told < MOST_TOLD then tell_dependents(task) else postpone(task) end
  end
  telling = false
end

-- Has all who wait for a job told how it ended: see ended.
local function tell_all(id, how, value, ttl, for_good)
  if redis.call('EXISTS', dependents_key(id)) == 0 then return end
  unresolved[id] = true
  agenda[#agenda + 1] =
    { id = id, how = how, value = value, cursor = '0', ttl = ttl, for_good = for_good or ttl == 0 }
  work_off_agenda()
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
  tell_all(id, how, value, ttl, for_good)
  happened(job.origin, id, how)
end
