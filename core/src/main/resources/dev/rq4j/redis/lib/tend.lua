-- Looks after jobs that wait for others, since these may have ended or gone without a word.
--@include defer
--@include resolve

-- How many parents one script asks after, give or take those of a job.
local MOST_ASKED_AFTER = 5000
local asked_after = 0

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
    call_off(look(id), A_YEAR)
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
    asked_after = asked_after + 1
    if parent == id then kept = true elseif ask_after(id, wish, parent) then return end
  end
  undefer(id, wish)
  if redis.call('HGET', job_key(id), 'status') ~= 'deferred' then return end
  if kept or wish.fate == 'cancel' then look_after(id, NOW - tonumber(since or NOW)) end
end
