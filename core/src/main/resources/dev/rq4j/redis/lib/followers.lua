-- Who waits for a job, however far off.

-- One step does not look at more links than a job may have parents.
local MOST_FOLLOWERS = 10000

-- Returns the set of those that wait for a job, or for one of those; nil when these are too many to tell.
local function followers_of(id)
  local left, found, open = MOST_FOLLOWERS, {}, { id }
  while #open > 0 do -- bounded by MOST_FOLLOWERS
    local set = dependents_key(table.remove(open))
    left = left - redis.call('SCARD', set)
    if left < 0 then return nil end
    for _, dependent in ipairs(redis.call('SMEMBERS', set)) do
      -- Python leaves those in the set that wait no longer.
      if not found[dependent] and redis.pcall('HGET', job_key(dependent), 'status') == 'deferred' then
        found[dependent] = true
        open[#open + 1] = dependent
      end
    end
  end
  return found
end
