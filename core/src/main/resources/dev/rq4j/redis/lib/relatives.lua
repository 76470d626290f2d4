-- Whom a new job has to do with.
--@include group

-- Returns the jobs that it is to depend on by their ids.
local function named(ask)
  local parents = {}
  for parent in string.gmatch(ask.depends or '', '[^,]+') do parents[#parents + 1] = parent end
  return parents
end

-- Returns those that it is to depend on as jobs of a group: all that it has, but itself.
local function members_of(new)
  local found = {}
  for _, member in ipairs(redis.call('SMEMBERS', group_key(new.ask.after_group))) do
    if member ~= new.id and status_in(new.ask.after_group, member) then found[#found + 1] = member end
  end
  return found
end

-- Returns the callbacks of a job: they go when another replaces it.
local function callbacks_of(id)
  local found = {}
  for _, dependent in ipairs(redis.call('SMEMBERS', dependents_key(id))) do
    if redis.pcall('HGET', job_key(dependent), 'dependency_id') == id
      and redis.call('HEXISTS', job_key(dependent), 'run_if') == 1 then found[#found + 1] = dependent end
  end
  return found
end
