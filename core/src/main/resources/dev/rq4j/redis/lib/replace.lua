-- Takes away the waiting jobs in whose place a new one comes.
--@include delete

-- Takes away a waiting job that another of its id replaces. Those who wait for this id wait for the new one, but for
-- the callbacks of the old one.
local function clear(job)
  local id = job.id
  for _, callback in ipairs(callbacks_of(id)) do
    -- It may have gone with another one, for which it waited too.
    local going = look(callback)
    if going then drop(going, 'deleted') end
  end
  displace(job)
  remember(id)
  give_back(job)
  if job.group_id then redis.call('SREM', group_key(job.group_id), id) end
  for _, key in ipairs(keys_of(id)) do
    redis.call(key == dependents_key(id) and 'PERSIST' or 'DEL', key)
  end
end

local function replace(new)
  local other = new.ask.unique_replace and rival(new.ask)
  if other and other ~= new.id then delete(look(other), 'deleted') end
  local present = new.ask.replace and look(new.id)
  if present then clear(present) end
end
