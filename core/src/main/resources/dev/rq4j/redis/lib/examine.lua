-- What an audit calls wrong. Each of these looks at a job and all its places in one step, so that nothing that moves
-- meanwhile is suspected; they return nil, or a kind of Finding.java in small letters and a sentence.
--@include whereabouts

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
