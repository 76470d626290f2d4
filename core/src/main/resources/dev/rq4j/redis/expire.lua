#!lua flags=allow-oom
-- Looks at waiting jobs whose time for that has come: those that waited for longer than they were to go expire, and
-- those that wait for others hear how these stand.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> how many at most
--
-- Returns how many there were to look at.
--@include keys
--@include delete
--@include status
--@include tend
--@include numbers

local function look_at(id)
  local job = look(id)
  if not job or not WAITS[job.status] then return end
  -- One that a Python worker has begun does not wait for its first start any more.
  local expires_at = not job.worker_name and time_of(job.expires_at)
  if expires_at and expires_at <= NOW then
    delete(job, 'expired')
  else
    if expires_at then look_again(id, expires_at) end
    if job.status == 'deferred' then tend(id) end
  end
end

local ids = redis.call('ZRANGE', DEADLINES, '-inf', score(NOW), 'BYSCORE', 'LIMIT', 0, tonumber(ARGV[2]))
for _, id in ipairs(ids) do
  if asked_after >= MOST_ASKED_AFTER then break end
  redis.call('ZREM', DEADLINES, id)
  -- What cannot be read keeps nobody else waiting.
  if not pcall(look_at, id) then redis.call('ZADD', DEADLINES, score(NOW + 60), id) end
end
return #ids
