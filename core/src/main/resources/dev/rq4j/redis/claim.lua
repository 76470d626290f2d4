#!lua flags=allow-oom
-- Takes up to n jobs off the queues and leases them, in one step: there is no moment in which an id is in nobody's
-- hands. The same request sent again, because its answer was lost, gets the leases it got before.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the worker
-- ARGV[3] -> the claimer: one stream of claims, which has one request under way at a time
-- ARGV[4] -> a random token of this request
-- ARGV[5] -> n
-- ARGV[6] -> the lease in milliseconds
-- ARGV[7] -> the largest payload in bytes
-- ARGV[8...] -> the queues, in the order to take from
--
-- Returns the claims, each {queue, job, execution, size of the payload, payload or nil when too large, timeout,
-- description, enqueued_at, fields and values of what else it has}, and 'paused:<queue>' for each that is; 'suspended'
-- while all work is suspended; 'more' when only what cannot be run was found so far.
--@include keys
--@include event
--@include waiting

local worker, claimer, token, wanted = ARGV[2], claimer_key(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local lease, largest, started_at = tonumber(ARGV[6]), tonumber(ARGV[7]), shown_now()
local deadline = score(NOW + lease / 1000 + GRACE)
-- An answer carries one payload of any size and others up to some megabytes: it must arrive before the patience of who
-- waits for it ends.
local room = 4 * 1024 * 1024

-- What most jobs do not have.
local SELDOM = { 'recoveries', 'failures', 'number_of_retries', 'retry_only', 'retry_never', 'input_from', 'input',
  'dependency_ids', 'webhooks', 'cron_name' }

-- What others wrote into the hash is cut: it is for people to see, and an answer must fit into the worker's memory.
local function short(field) return field and string.sub(field, 1, 1000) end

local function read(queue, id, execution)
  local key = job_key(id)
  local payload, data = redis.call('HSTRLEN', key, 'data'), false
  if payload > 0 and payload <= largest then data = redis.call('HGET', key, 'data') end
  local size = data and payload or 0
  local rest = redis.call('HMGET', key, 'timeout', 'description', 'enqueued_at', unpack(SELDOM))
  local extra = {}
  for i, field in ipairs(SELDOM) do
    local value = rest[i + 3]
    -- A result that is an input was bounded when it was written.
    if value and value ~= '' and (#value <= largest or field == 'input') then
      extra[#extra + 1] = field
      extra[#extra + 1] = value
      size = size + #value
    end
  end
  room = room - size
  return { queue, id, execution, payload, data, short(rest[1]), short(rest[2]), short(rest[3]), extra }
end

local function adopted()
  local held = redis.call('GET', claimer)
  if not held then return nil end
  held = cmsgpack.unpack(held)
  if held[1] ~= token then return nil end
  local claims = {}
  for i = 2, #held, 2 do
    local queue, id, execution = held[i], held[i + 1], token .. '-' .. (i / 2 - 1)
    if holds(registry_key('wip', queue), id, execution) then
      redis.call('ZADD', registry_key('wip', queue), 'XX', 'GT', deadline, lease_member(id, execution))
      claims[#claims + 1] = read(queue, id, execution)
    end
  end
  return claims
end

-- It no longer waits, and nothing is done of it yet.
local function begin(id, found)
  if found.progress then redis.call('HDEL', job_key(id), 'progress', 'progress_message') end
  if found.expires_at then
    redis.call('HDEL', job_key(id), 'expires_at')
    redis.call('ZREM', DEADLINES, id)
    for _, key in ipairs(keys_of(id)) do redis.call('PERSIST', key) end
  else
    redis.call('PERSIST', job_key(id))
  end
end

local earlier = adopted()
if earlier then return earlier end
if redis.call('EXISTS', SUSPENDED) == 1 then return 'suspended' end
local paused = redis.pcall('SMISMEMBER', PAUSED, unpack(ARGV, 8))

-- A list full of what cannot be run is cleared over several calls, so that none takes long.
local budget = wanted + 1000
local claims, held, trouble = {}, { token }, nil
for i = 8, #ARGV do
  local queue = ARGV[i]
  while paused[i - 7] ~= 1 and #claims < wanted and budget > 0 and room > 0 do
    local ids = pop(queue, wanted - #claims)
    if not ids then break end
    if ids.err then
      trouble = ids
      break
    end
    budget = budget - #ids
    for n, id in ipairs(ids) do
      if room <= 0 then
        -- Back to where it was.
        for k = #ids, n, -1 do redis.call('LPUSH', queue_key(queue), ids[k]) end
        break
      end
      local sound, may_run, found = pcall(runnable, queue, id, worker)
      -- One that cannot be read must not take those with it that were popped with it.
      if not sound and not pcall(reject, queue, id, worker, BAD_FIELDS) then
        redis.call('HSET', job_key(id), 'status', 'failed')
      end
      if sound and may_run then
        local execution = token .. '-' .. #claims
        redis.call('ZADD', registry_key('wip', queue), deadline, lease_member(id, execution))
        redis.call('HSET', job_key(id), 'status', 'started', 'started_at', started_at, 'worker_name', worker,
          'origin', queue, 'execution_id', execution)
        begin(id, found)
        happened(queue, id, 'started')
        claims[#claims + 1] = read(queue, id, execution)
        held[#held + 1] = queue
        held[#held + 1] = id
      end
    end
  end
end
if #claims > 0 then
  redis.call('SET', claimer, cmsgpack.pack(held), 'PX', lease)
  if redis.call('EXISTS', worker_key(worker)) == 1 then
    -- The jobs are leased by now, whatever somebody else may have put there.
    redis.pcall('HSET', worker_key(worker), 'state', 'busy', 'current_job', claims[#claims][2])
  end
end
if #claims == 0 and trouble then return trouble end
if #claims == 0 and budget <= 0 then return 'more' end
for i = 8, #ARGV do
  if paused[i - 7] == 1 then claims[#claims + 1] = 'paused:' .. ARGV[i] end
end
return claims
