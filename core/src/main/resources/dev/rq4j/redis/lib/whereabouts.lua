-- Looks for a job in all the places where it can be, and for those who may hold it for a moment.
--@include job
--@include status
--@include retention

-- Python does in several steps what we do in one: what it did within this time may be under way.
local PATIENCE = 60
-- So far from both ends a list is searched. What would be in the middle of a longer one is taken to be there.
local FAR = 100000
-- So many entries one script searches, give or take those of one list: it shall not take long.
local MOST_SEARCHED = 500000
-- So many leases are searched for one of which only the job is known.
local MOST_LEASES = 10000
-- What was missed stays noted for as long as it takes until somebody looks again.
local NOTED = 10800

local REGISTRIES = { 'finished', 'failed', 'canceled', 'scheduled', 'deferred', 'ready' }
local TRIMMED = { finished = true, failed = true, canceled = true }
local HOME = { started = 'wip', stopped = 'failed', ready_to_enqueue = 'ready' }
for _, registry in ipairs({ 'finished', 'failed', 'canceled', 'scheduled', 'deferred' }) do HOME[registry] = registry end

-- Returns the latest time that the hash of a job has, as text.
local function latest(id)
  local times =
    redis.pcall('HMGET', job_key(id), 'created_at', 'enqueued_at', 'started_at', 'ended_at', 'last_heartbeat')
  local last = ''
  for i = 1, 5 do if times[i] and times[i] > last then last = times[i] end end
  return last
end

local function is_young(id) return latest(id) > shown(math.floor(NOW - PATIENCE), 0) end

-- Returns whether something was missed a minute ago, and nothing has been heard of it since; notes that it is missed.
local function missed_for_long(what, heard)
  local since = tonumber(redis.call('ZSCORE', MISSED, what) or nil)
  if since and (not heard or heard < shown(math.floor(since), 0)) then return since < NOW - PATIENCE end
  redis.call('ZREMRANGEBYSCORE', MISSED, '-inf', NOW - NOTED)
  redis.call('ZADD', MISSED, NOW, what)
  redis.call('EXPIRE', MISSED, NOTED)
  return false
end

local served = {}

local function look_for_python(queue)
  local workers = redis.pcall('SRANDMEMBER', queue_workers_key(queue), 1000)
  for _, worker in ipairs(workers) do
    if redis.pcall('HEXISTS', worker, 'birth') == 1 and redis.pcall('HEXISTS', worker, 'token') == 0
      and redis.pcall('HEXISTS', worker, 'death') == 0 then return true end
  end
  return false
end

-- Returns whether a Python worker that is alive serves the queue: it holds for a moment what it has popped.
local function python_serves(queue)
  if served[queue] == nil then served[queue] = look_for_python(queue) end
  return served[queue]
end

local searched = 0

local function is_tired() return searched >= MOST_SEARCHED end

-- Returns true, false, or nil where the list is too long to tell.
local function is_in_list(key, id)
  local length = redis.pcall('LLEN', key)
  if type(length) ~= 'number' then return nil end
  searched = searched + math.min(length, 2 * FAR)
  for _, rank in ipairs({ -1, 1 }) do
    local found = redis.pcall('LPOS', key, id, 'RANK', rank, 'MAXLEN', FAR)
    if type(found) == 'number' then return true end
    if found then return nil end
  end
  if length > 2 * FAR then return nil end
  return false
end

-- Returns the lease of a job, true where it cannot be told whether there is one, or nil.
local function lease_of(job)
  local wip = registry_key('wip', job.origin)
  for _, member in ipairs({ lease_member(job.id, job.execution_id or ''), job.id }) do
    local score = redis.pcall('ZSCORE', wip, member)
    if score then return type(score) == 'string' and member or true end
  end
  -- Python leaves the execution of an earlier run in the hash: that one has no lease says nothing of others.
  if job.status ~= 'started' then return nil end
  if redis.call('ZCARD', wip) > MOST_LEASES then return true end
  local pattern = string.gsub(job.id, '[%*%?%[%]\\^]', '\\%0') .. ':*'
  local found = redis.call('ZSCAN', wip, 0, 'MATCH', pattern, 'COUNT', MOST_LEASES + 1)
  return found[2][1] or (found[1] ~= '0' and true or nil)
end

-- Returns the key of the place that the status of a job names, nil if it names none.
local function home_of(job)
  local registry = HOME[job.status]
  if registry then return registry_key(registry, job.origin) end
  if job.status == 'queued' then return queue_key(job.origin) end
  if job.status == 'rate_limited' then return job.rate_limit_key and limited_key(job.rate_limit_key) end
  return nil
end

-- Returns whether the job is at home, and in what other places it is, each {key, member}; nil when nobody can tell. In
-- lists other than its own it is found by those who walk them.
local function whereabouts(job, listed)
  local id, status, home, at_home, others = job.id, job.status, home_of(job), false, {}
  local function found(key, member)
    if key == home then at_home = true else others[#others + 1] = { key, member } end
  end
  for _, registry in ipairs(REGISTRIES) do
    local key = registry_key(registry, job.origin)
    local at = redis.pcall('ZSCORE', key, id)
    if type(at) == 'table' then return nil end
    -- The entry of an earlier life, which is over, is trimmed some day.
    if at and (key == home or not TRIMMED[registry] or tonumber(at) > NOW) then found(key, id) end
  end
  local lease = lease_of(job)
  if lease == true then
    at_home = status == 'started'
  elseif lease then
    found(registry_key('wip', job.origin), lease)
  end
  if status == 'rate_limited' then
    at_home = (home and redis.call('ZSCORE', home, id) or job.rate_key
      and redis.call('ZSCORE', paced_key(job.rate_key), id)) and true or false
  elseif status == 'queued' and listed ~= '1' then
    local seen = is_in_list(queue_key(job.origin), id)
    if seen == nil or is_in_list(intermediate_key(job.origin), id) ~= false then return nil end
    at_home = seen
  elseif status == 'queued' then
    at_home = true
  end
  return at_home, others
end
