#!lua flags=allow-oom
-- Looks at waiting jobs whose deadline has come: those that waited for longer than they were to go, and those that wait
-- for a parent that ended badly and is no longer kept are taken back.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> how many at most
--
-- Returns how many it looked at.
--@include keys
--@include delete

-- Looks at the parents that a deferred job waits for; all of them may be queued again while they are kept.
local function tend(id)
  local wish, at = wishes(id), nil
  for _, parent in ipairs(redis.call('SMEMBERS', dependencies_key(id))) do
    local found = redis.pcall('HGET', job_key(parent), 'status')
    if type(found) == 'string' then
      local left = ENDED[found] and redis.call('TTL', job_key(parent)) or -1
      if left >= 0 then at = math.min(at or NOW + left + 1, NOW + left + 1) end
    elseif wish.run_if then
      return drop(id)
    elseif wish.fate ~= 'run' then
      return call_off(id)
    end
  end
  undefer(id, wish)
  if at and redis.call('HGET', job_key(id), 'status') == 'deferred' then look_again(id, at) end
end

local ids = redis.call('ZRANGE', DEADLINES, '-inf', score(NOW), 'BYSCORE', 'LIMIT', 0, tonumber(ARGV[2]))
for _, id in ipairs(ids) do
  redis.call('ZREM', DEADLINES, id)
  local job = look(id)
  if job and WAITS[job.status] then
    local expires_at = tonumber(job.expires_at)
    if expires_at and expires_at <= NOW then
      delete(job, 'expired')
    else
      if expires_at then look_again(id, expires_at) end
      if job.status == 'deferred' then tend(id) end
    end
  end
end
return #ids
