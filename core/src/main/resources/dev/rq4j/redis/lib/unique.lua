-- Who has a unique key.
--@include job
--@include status

-- Returns the job that took the key last and did not give it back, and whether it has it for a time, whatever becomes
-- of it: such a key begins with a mark.
local function taken_by(key)
  local held = redis.call('GET', unique_key(key))
  if not held then return nil end
  local mark, id = string.match(held, '^(~?)(.*)$')
  return id, mark ~= ''
end

-- Returns the job that keeps others from the key, or nil. One that has ended, or is gone, does not: Python gives no key
-- back.
local function holder_of(key)
  local id, for_a_time = taken_by(key)
  local job = id and not for_a_time and look(id)
  if for_a_time or (job and not ENDED[job.status]) then return id end
  return nil
end
