-- What an audit calls wrong. Each of these looks at a job and all its places in one step, so that nothing that moves
-- meanwhile is suspected; they return nil, or a kind of Finding.java in small letters and a sentence.
--@include job
--@include status
--@include retention

-- Python does in several steps what we do in one: what it did within this time may be under way.
local PATIENCE = 60
-- So far from both ends a list is searched. What would be in the middle of a longer one is taken to be there.
local FAR = 100000
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

-- Returns whether a Python worker that is alive serves the queue: it holds for a moment what it has popped.
local function python_serves(queue)
  local workers = redis.pcall('SRANDMEMBER', queue_workers_key(queue), 1000)
  for _, worker in ipairs(workers) do
    if redis.pcall('HEXISTS', worker, 'birth') == 1 and redis.pcall('HEXISTS', worker, 'token') == 0
      and redis.pcall('HEXISTS', worker, 'death') == 0 then return true end
  end
  return false
end

-- Returns true, false, or nil where the list is too long to tell.
local function is_in_list(key, id)
  for _, rank in ipairs({ -1, 1 }) do
    local found = redis.pcall('LPOS', key, id, 'RANK', rank, 'MAXLEN', FAR)
    if type(found) == 'number' then return true end
    if found then return nil end
  end
  if redis.call('LLEN', key) > 2 * FAR then return nil end
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

-- Returns what is wrong with how long a job is kept that is where it belongs.
local function of_times(job)
  local left, key = redis.call('TTL', job_key(job.id)), job_key(job.id)
  if ENDED[job.status] then
    local asked = ttl_of(job.status == 'finished' and job.result_ttl or job.failure_ttl, 1)
    if left == -1 and asked ~= -1 then
      return 'kept_for_ever', 'is ' .. job.status .. ', and stays for ever though nobody asked for that'
    end
  elseif WAITS[job.status] and left >= 0 and not job.expires_at and redis.call('HEXISTS', key, 'ttl') == 0 then
    return 'goes_early', 'is ' .. job.status .. ', and goes in ' .. left .. ' s, whether it has run or not'
  end
  return nil
end

--@include nameless
-- Whoever walked the lists of all queues has seen the job in one of them: then '1'.
local function of_job(id, listed)
  local job = look(id)
  if not job or job.status == 'created' or is_young(id) then return nil end
  if not job.status then
    if redis.call('HEXISTS', job_key(id), 'data') == 1 then return nil end
    return 'left_behind', 'has neither a status nor a payload: it was written to after it had gone'
  end
  if not (WAITS[job.status] or ENDED[job.status] or job.status == 'started') then return nil end
  if job.origin == '' then
    local kind, sentence = of_stray(job)
    if kind or not ENDED[job.status] then return kind, sentence end
    return of_times(job)
  end
  local at_home, others = whereabouts(job, listed)
  if at_home == nil then return nil end
  if at_home and #others > 0 then
    return 'in_two_places', 'is ' .. job.status .. ', and is in ' .. others[1][1] .. ' as well'
  elseif #others > 0 then
    return 'misplaced', 'is ' .. job.status .. ', but is in ' .. others[1][1]
  elseif not at_home and job.status == 'started' then
    return 'without_lease', 'is started, but nobody has a lease on it'
  elseif not at_home then
    if job.status == 'queued' and python_serves(job.origin) and not missed_for_long(id, latest(id)) then return nil end
    return 'in_no_place', 'is ' .. job.status .. ', but is in no place'
  end
  if job.status == 'queued' and redis.call('SISMEMBER', QUEUES, queue_key(job.origin)) == 0 then
    return 'queue_not_listed', 'is queued, but its queue is not on the list of queues'
  end
  return of_times(job)
end

-- Looks at a key that belongs to a job and should not be there without it, or for longer.
local function of_belonging(key, id)
  local left = redis.call('TTL', key)
  if left == -2 or (left >= 0 and left <= PATIENCE) then return nil end
  if redis.call('EXISTS', job_key(id)) == 0 then
    if key == dependents_key(id) and redis.call('HEXISTS', RESOLVING, id) == 1 then return nil end
    return 'left_behind', 'belongs to a job that is gone'
  end
  local ended = ENDED[redis.pcall('HGET', job_key(id), 'status')]
  if left == -1 and ended and redis.call('TTL', job_key(id)) >= 0 and not is_young(id) then
    return 'kept_for_ever', 'stays for ever, though the job goes'
  end
  return nil
end

local function of_unique(key, name)
  local held = redis.pcall('GET', key)
  if type(held) ~= 'string' or string.sub(held, 1, 1) == '~' then return nil end
  local job = look(held)
  if job and not ENDED[job.status] and job.unique_key == name then return nil end
  if job and is_young(held) then return nil end
  return 'unique_key_left', 'is held by ' .. held .. ', which ' .. (job and 'does not need it' or 'is no job')
end

local function of_worker(key)
  if redis.call('TTL', key) ~= -1 then return nil end
  local birth, beat = unpack(redis.pcall('HMGET', key, 'birth', 'last_heartbeat'))
  local young = shown(math.floor(NOW - PATIENCE), 0)
  if (birth or '') > young or (beat or '') > young then return nil end
  return 'kept_for_ever', 'is the record of a worker that is gone, and stays for ever'
end

-- Looks at a key, and at what it stands for.
local function of_key(key, listed)
  local name = string.sub(key, #PREFIX + 2)
  local id = string.match(name, '^job:([^:]+)$')
  if id then
    local kind, sentence = of_job(id, listed)
    return kind, sentence, id
  end
  id = string.match(name, '^job:([^:]+):dependents$') or string.match(name, '^job::([^:]+):dependencies$')
    or string.match(name, '^results:(.+)$') or string.match(name, '^log:(.+)$')
  if id then
    local kind, sentence = of_belonging(key, id)
    return kind, sentence, id
  end
  local unique = string.match(name, '^unique:(.+)$')
  if unique then
    local kind, sentence = of_unique(key, unique)
    return kind, sentence, unique
  end
  local worker = string.match(name, '^worker:(.+)$')
  if worker and redis.call('TYPE', key).ok == 'hash' then
    local kind, sentence = of_worker(key)
    return kind, sentence, worker
  end
  return nil
end

-- Returns what sort of place a key is, and of what queue or job.
local function place_of(key)
  local name = string.sub(key, #PREFIX + 2)
  local queue = string.match(name, '^queue:(.+):intermediate$')
  if queue then return 'intermediate', queue end
  local sort, owner = string.match(name, '^(%w+):(.+)$')
  if sort == 'job' then
    local parent = string.match(owner, '^([^:]+):dependents$')
    return parent and 'dependents', parent
  elseif sort == 'rl' or sort == 'rate' then
    local held = string.match(owner, '^(.+):rate_limited$') or string.match(owner, '^(.+):waiting$')
    return held and 'held', held
  elseif sort == 'queue' or sort == 'wip' or sort == 'workers' or sort == 'ready' or (sort and HOME[sort] == sort) then
    return sort, owner
  end
  return name == 'workers' and name or nil, ''
end

local function of_lease(queue, member, ends)
  local id, execution = string.match(member, '^([^:]*):?(.*)$')
  local job, ours = look(id), is_ours(execution)
  if job and job.status == 'started' and (not ours or job.execution_id == execution) then return nil end
  -- Python ends a job before it gives up the lease, and so does who takes one back that runs.
  if tonumber(ends) - (ours and GRACE or 0) > NOW then return nil end
  return 'lease_left', 'is a lease on ' .. (job and 'a job that it does not hold' or 'no job')
end

local function of_intermediate(queue, id)
  local job = look(id)
  if job and is_young(id) then return nil end
  if python_serves(queue) and not missed_for_long(queue .. ':' .. id, job and latest(id)) then return nil end
  return 'held_by_nobody', 'was taken off its queue by a worker of Python that is gone'
end

-- Looks at a job that is in a list of waiting ones.
local function of_listed(key, queue, id)
  local job = look(id)
  if not job then return 'entry_left', 'is in a queue, and is no job' end
  if is_young(id) then return nil end
  if job.status == 'queued' and job.origin ~= queue and is_in_list(queue_key(job.origin), id) == false then
    return 'misplaced', 'says that it is of ' .. job.origin .. ', but is in the list of ' .. queue
  end
  -- One that is nowhere else is found by its hash.
  if (NOT_WAITING[job.status] or job.origin ~= queue) and whereabouts(job, '0') then
    return 'in_two_places', 'is ' .. job.status .. ', and is in the list of ' .. queue .. ' as well'
  end
  return nil
end

local function of_registered(sort, key, queue, id, score)
  local job, at = look(id), tonumber(score)
  if sort == 'ready' and job and job.status == 'ready_to_enqueue' and at < NOW - PATIENCE and not is_young(id) then
    return 'held_by_nobody', 'is to be put into its queue, and nobody does it'
  end
  if job and job.origin == '' then
    if HOME[job.status] ~= sort or is_young(id) then return nil end
    return 'misplaced', 'names no queue, but is in ' .. key
  end
  if job then
    if job.origin ~= queue and not (TRIMMED[sort] and at <= NOW) and not is_young(id) and whereabouts(job, '0') then
      return 'in_two_places', 'is ' .. (job.status or 'no job') .. ' elsewhere, and is in ' .. key .. ' as well'
    end
    return nil
  end
  -- Entries go when the registry is trimmed; Python lists a job before it writes it.
  local gone = not TRIMMED[sort] or at > NOW + 2 or (at >= 0 and at < NOW - 3600)
  if sort == 'scheduled' and at > NOW - PATIENCE then gone = missed_for_long(sort .. ':' .. queue .. ':' .. id) end
  if sort == 'deferred' or sort == 'ready' then gone = at < NOW - PATIENCE end
  return gone and 'entry_left' or nil, 'is in ' .. key .. ', and is no job'
end

-- Looks at what is in a place.
local function of_entry(key, member, score)
  local sort, owner = place_of(key)
  if sort == 'queue' then return of_listed(key, owner, member) end
  if sort == 'intermediate' then return of_intermediate(owner, member) end
  if sort == 'wip' then return of_lease(owner, member, score) end
  if sort == 'workers' then
    if redis.call('EXISTS', member) == 1 then return nil end
    return 'worker_left', 'is listed as a worker, and is gone'
  end
  if sort == 'dependents' then
    if redis.call('EXISTS', job_key(member)) == 1 then return nil end
    return 'entry_left', 'is to wait for ' .. owner .. ', and is no job'
  end
  if sort == 'held' then
    if redis.call('EXISTS', job_key(member)) == 1 then return nil end
    return 'entry_left', 'is held back by ' .. owner .. ', and is no job'
  end
  if sort then return of_registered(sort, key, owner, member, score) end
  return nil
end
