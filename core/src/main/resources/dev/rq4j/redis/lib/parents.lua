-- Lets new jobs wait for others.
--@include defer
--@include resolve
--@include patience

-- Returns the jobs to depend on, and writes those of a group into the job.
local function parents_of(new)
  local parents = named(new.ask)
  if not new.ask.after_group then return parents end
  for _, member in ipairs(members_of(new)) do parents[#parents + 1] = member end
  if parents[1] then
    redis.call('HSET', job_key(new.id), 'dependency_id', parents[1], 'dependency_ids', cjson.encode(parents))
  end
  return parents
end

-- Lets a job wait for its parents, as far as they have not ended as it needs. Returns whether it is on its way by that:
-- it waits, or has been taken back since one of them ended otherwise.
local function await_parents(new)
  local id, parents = new.id, parents_of(new)
  local wish, pending, bad, lost = wishes(id), {}, false, false
  for _, parent in ipairs(parents) do
    local stands = standing(id, wish, parent)
    if stands == 'waits' then
      pending[#pending + 1] = parent
      bad = bad or (wish.fate == 'cancel' and ENDED[redis.call('HGET', job_key(parent), 'status')])
    elseif stands == 'lost' or (not wish.any and redis.call('EXISTS', job_key(parent)) == 0) then
      lost = true
    end
  end
  if wish.input_from then take_input(id, wish.input_from) end
  if #pending == 0 and not lost then
    redis.call('HSET', job_key(id), 'status', 'queued')
    redis.call('HDEL', job_key(id), 'run_if')
    return false
  end
  defer(id, new.ask.queue, pending)
  if new.ask.ttl then limit_waiting(id, tonumber(new.ask.ttl)) end
  if lost then
    give_up(id, wish)
  elseif bad then
    call_off(look(id), A_YEAR)
  end
  return true
end
