#!lua flags=allow-oom
-- Puts scheduled jobs whose time has come where they belong, the earliest first.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> how many at most
--
-- Returns how many entries it looked at.
--@include keys
--@include promote
--@include retention

-- Python lists a job before it writes it: its entry is given time to be followed by the job.
local PATIENCE = 30

local queue = ARGV[2]
local registry = registry_key('scheduled', queue)

local function is_given_up(id)
  local entry = lease_member(id, 'unwritten')
  local since = redis.call('ZSCORE', TOMBSTONES, entry)
  if not since then entomb(entry) end
  return since and tonumber(since) < NOW - PATIENCE
end

local ids = redis.call('ZRANGE', registry, '-inf', score(NOW), 'BYSCORE', 'LIMIT', 0, tonumber(ARGV[3]))
for _, id in ipairs(ids) do
  local job = look(id)
  if not job and not is_given_up(id) then
    redis.call('ZADD', registry, score(NOW + 1), id)
  elseif not job or job.status ~= 'scheduled' then
    redis.call('ZREM', registry, id)
  elseif not pcall(promote, id, queue) then
    -- A key of the wrong type, say: it keeps nobody else waiting.
    redis.call('HSET', job_key(id), 'status', 'scheduled')
    redis.call('ZADD', registry, score(NOW + 60), id)
  end
end
return #ids
