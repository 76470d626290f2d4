-- What follows when a job has ended or is gone: for its key, its group, and those who wait for it.
--@include undefer

-- How many dependents one script tells of an end. The others are told by resolve.lua.
local MOST_TOLD = 500
local agenda, telling = {}, false

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
    call_off(look(id), A_YEAR)
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
  repeat -- bounded by MOST_TOLD
    local found = redis.call('SSCAN', set, task.cursor, 'COUNT', 100)
    task.cursor = found[1]
    for _, id in ipairs(found[2]) do
      told = told + 1
      -- One that its queue cannot take, say, is looked at again, and keeps nobody else from hearing of it.
      if not pcall(tell_dependent, id, task) then pcall(look_again, id, NOW + 60) end
    end
  until task.cursor == '0' or told >= MOST_TOLD
  if task.cursor ~= '0' then return postpone(task) end
  redis.call('HDEL', RESOLVING, task.id)
  unresolved[task.id] = nil
  -- Those that still wait are listed as long as the job is kept.
  local left = redis.call('PTTL', job_key(task.id))
  if left >= 0 then redis.call('PEXPIRE', set, left) elseif left == -2 then redis.call('DEL', set) end
end

-- Tells dependents, those of the called off among them included, one job after the other.
local function work_off_agenda()
  if telling then return end
  telling = true
  while #agenda > 0 do -- bounded by MOST_TOLD: what is beyond is put off, and adds nothing
    local task = table.remove(agenda, 1)
    if told >= MOST_TOLD then
      postpone(task)
    elseif not pcall(tell_dependents, task) then
      -- What is there is no set, and nobody waits in it.
      unresolved[task.id] = nil
    end
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

-- Gives back the room of a job, and its unique key.
local function give_back(job)
  if job.rate_limit_key then vacate(job.id, job.rate_limit_key) end
  if job.unique_key and redis.call('GET', unique_key(job.unique_key)) == job.id then
    redis.call('DEL', unique_key(job.unique_key))
  end
end

-- To be called in the step in which a job ends or is deleted, while its keys are there still: how it ended, its value
-- if it has one, how long it is kept, and whether it is certain that it will not be queued again. Whatever is wrong with
-- the keys of others, the job itself has ended.
function ended(job, how, value, ttl, for_good)
  pcall(give_back, job)
  if job.group_id then tell(group_channel(job.group_id), job.id) end
  if not pcall(tell_all, job.id, how, value, ttl, for_good) then unresolved[job.id], telling = nil, false end
  happened(job.origin, job.id, how)
end
