-- Makes new jobs. In ARGV a job is: its id; the token of the request ('' when the id itself is random); how many
-- directives follow, names and values counted; these; how many fields and values of its hash follow; these.
--
-- Directives: queue, front, delay and at (milliseconds), ttl (seconds), depends (ids with commas), replace (a waiting
-- job of this id is replaced), unique (a key), unique_ms (for how long it is taken; otherwise until the job has ended),
-- unique_replace (the waiting job that has it is replaced), group, with (an id: only unless that job was refused).
--@include delete

local CREATED, EXISTS, NO_PARENT = 1, 0, -1
local sound, refused = {}, {}

-- Returns whether this very request was carried out before.
local function repeated(id, token, exists, attempt)
  if attempt == 1 then return false end
  if not exists then return redis.call('ZSCORE', TOMBSTONES, token == '' and id or token) and true or false end
  return token == '' or redis.call('HGET', job_key(id), 'request_token') == token
end

-- Meets keys of the wrong type before anything of a job is written.
local function prove(queue)
  if sound[queue] then return end
  redis.call('LLEN', queue_key(queue))
  redis.call('ZCARD', registry_key('scheduled', queue))
  redis.call('ZCARD', registry_key('deferred', queue))
  redis.call('SADD', QUEUES, queue_key(queue))
  sound[queue] = true
end

-- Returns the job that has the unique key, if that is to be heeded, and whether it may be replaced. A key that is taken
-- for a time, whatever becomes of the job, begins with a mark.
local function rival(ask)
  local held = ask.unique and redis.call('GET', unique_key(ask.unique))
  if not held then return nil end
  local mark, other = string.match(held, '^(~?)(.*)$')
  local job = look(other)
  if ask.unique_replace then return job and WAITS[job.status] and other, true end
  if mark ~= '' or (job and not ENDED[job.status]) then return other, false end
  return nil
end

-- Answers why a job is not made, and remembers it for those that come with it.
local function refuse(id, answer)
  refused[id] = answer
  return answer
end

-- Sorts the parents: returns those that are yet to end, whether a bad end of one takes the job back, and the one that
-- does not exist if there is one.
local function parents_of(ask, fate)
  local pending, called_off = {}, false
  for parent in string.gmatch(ask.depends or '', '[^,]+') do
    local status = redis.pcall('HGET', job_key(parent), 'status')
    if type(status) ~= 'string' then return nil, nil, parent end
    if status ~= 'finished' and not (fate == 'run' and ENDED[status]) then
      pending[#pending + 1] = parent
      called_off = called_off or (fate == 'cancel' and ENDED[status])
    end
  end
  return pending, called_off
end

local function defer(id, queue, pending)
  redis.call('ZADD', registry_key('deferred', queue), score(NOW), id)
  outlasts(registry_key('deferred', queue), 0)
  redis.call('HSET', job_key(id), 'status', 'deferred')
  for _, parent in ipairs(pending) do
    redis.call('SADD', dependents_key(parent), id)
    redis.call('SADD', dependencies_key(id), parent)
    local left = redis.call('TTL', job_key(parent))
    -- It has ended as it should not and may be queued again, for as long as it is kept.
    if left > 0 then
      redis.call('EXPIRE', dependents_key(parent), left)
      look_again(id, NOW + left + 1)
    end
  end
  happened(queue, id, 'deferred')
end

-- Keeps what a parent that has ended returned, for a job that takes it as its input.
local function take_input(id)
  local parent = redis.call('HGET', job_key(id), 'input_from')
  if not parent then return end
  local entry = redis.pcall('XREVRANGE', results_key(parent), '+', '-', 'COUNT', 1)[1]
  if type(entry) ~= 'table' then return end
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'return_value' then redis.call('HSET', job_key(id), 'input', entry[2][i + 1]) end
  end
end

local function claim_names(id, ask)
  if ask.unique then
    if ask.unique_ms then
      redis.call('SET', unique_key(ask.unique), '~' .. id, 'PX', ask.unique_ms)
    else
      redis.call('SET', unique_key(ask.unique), id, 'EX', REGISTRY_SLACK)
      redis.call('HSET', job_key(id), 'unique_key', ask.unique)
    end
  end
  if ask.group then
    redis.call('SADD', GROUPS, ask.group)
    redis.call('SADD', group_key(ask.group), id)
    outlasts(GROUPS, 0)
    outlasts(group_key(ask.group), 0)
  end
end

-- Lets the job wait no longer than this. It is looked at then; the time to live is for when nobody looks.
local function limit_waiting(id, ttl)
  redis.call('HSET', job_key(id), 'expires_at', score(NOW + ttl))
  look_again(id, NOW + ttl)
  for _, key in ipairs(keys_of(id)) do redis.call('EXPIRE', key, math.ceil(ttl) + 60) end
end

-- Returns when the job is to run at the earliest, or nil.
local function not_before(ask)
  if ask.at then return tonumber(ask.at) / 1000 end
  return ask.delay and NOW + tonumber(ask.delay) / 1000
end

local function write(id, token, ask, first, last)
  redis.call('HSET', job_key(id), 'status', 'queued', unpack(ARGV, first, last))
  if token ~= '' then redis.call('HSET', job_key(id), 'request_token', token) end
  local at = not_before(ask)
  if at then redis.call('HSET', job_key(id), 'not_before', score(at)) end
  if ask.front then redis.call('HSET', job_key(id), 'enqueue_at_front', 1) end
  if ask.unique or ask.group then claim_names(id, ask) end
end

-- Takes away a waiting job that another of its id replaces. Those who wait for this id wait for the new one, but for
-- the callbacks of the old one.
local function clear(job)
  for _, dependent in ipairs(redis.call('SMEMBERS', dependents_key(job.id))) do
    if redis.pcall('HGET', job_key(dependent), 'dependency_id') == job.id
      and redis.call('HEXISTS', job_key(dependent), 'run_if') == 1 then drop(dependent) end
  end
  displace(job)
  if job.rate_limit_key then vacate(job.id, job.rate_limit_key) end
  if job.unique_key and redis.call('GET', unique_key(job.unique_key)) == job.id then
    redis.call('DEL', unique_key(job.unique_key))
  end
  redis.call('DEL', job_key(job.id))
end

-- Makes the job that begins at ARGV[at]. Returns the answer and where the next one begins: 1 when it is there, {0, id}
-- when that id is taken or has the unique key, {-1, id} when a parent does not exist.
local function create(at, attempt)
  local id, token, asked = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  local ask = {}
  for i = at + 3, at + 2 + asked, 2 do ask[ARGV[i]] = ARGV[i + 1] end
  local first = at + 4 + asked
  local last = first - 1 + tonumber(ARGV[first - 1])
  if ask.with and refused[ask.with] then return refuse(id, refused[ask.with]), last + 1 end

  local exists = redis.call('EXISTS', job_key(id)) == 1
  if repeated(id, token, exists, attempt) then return CREATED, last + 1 end
  prove(ask.queue)
  local present = exists and look(id)
  if exists and not (ask.replace and present and WAITS[present.status]) then
    return refuse(id, { EXISTS, id }), last + 1
  end
  local other, replaced = rival(ask)
  if other and not replaced then return refuse(id, { EXISTS, other }), last + 1 end
  local fate, held_back = nil, ask.at or ask.delay
  for i = first, last, 2 do
    if ARGV[i] == 'on_parent_failure' then fate = ARGV[i + 1] end
    if ARGV[i] == 'rate_limit_key' or ARGV[i] == 'rate_key' then held_back = true end
  end
  local pending, called_off, missing = parents_of(ask, fate)
  if missing then return refuse(id, { NO_PARENT, missing }), last + 1 end

  if other then delete(look(other), 'deleted') end
  if exists then clear(present) end
  refused[id] = nil
  write(id, token, ask, first, last)
  if ask.depends then take_input(id) end
  if #pending > 0 then
    defer(id, ask.queue, pending)
  elseif held_back then
    place(id, ask.front)
  else
    redis.call(ask.front and 'LPUSH' or 'RPUSH', queue_key(ask.queue), id)
    happened(ask.queue, id, 'queued')
  end
  if ask.ttl then limit_waiting(id, tonumber(ask.ttl)) end
  if called_off then call_off(id) end
  return CREATED, last + 1
end
