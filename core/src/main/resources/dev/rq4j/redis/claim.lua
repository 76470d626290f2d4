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
-- ARGV[8] -> the largest field in bytes of a result that is the input of another job
-- ARGV[9] -> which attempt at this request this is, from 1
-- ARGV[10...] -> the queues, in the order to take from
--
-- Returns the token, so that an answer to another request is known as such; the claims, each {queue, job, execution,
-- size of the payload, payload or nil when too large, timeout, description, enqueued_at, and fields and values of what
-- else it has}; and words: 'paused:<queue>' for each that is, 'suspended' while all work is suspended, 'more' when
-- only what cannot be run was found so far.
--@include keys
--@include clock
--@include lease
--@include event
local LARGEST, LARGEST_INPUT = tonumber(ARGV[7]), tonumber(ARGV[8])
--@include leased
--@include late

local worker, claimer, token, wanted = ARGV[2], claimer_key(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local lease, started_at = tonumber(ARGV[6]), shown_now()
local deadline = score(NOW + lease / 1000 + GRACE)

-- Executions are named by the attempt too: one that finds no record of those before it, since that has gone with their
-- lease, takes jobs anew, and no name may come twice.
local name = token .. '-' .. ARGV[9]

-- Few things stand in functions here: each takes hold, whenever it is defined, of all that it names.
local remembered = redis.pcall('MGET', attempt_key(token), claimer)
if remembered.err then
  remembered = { redis.call('GET', attempt_key(token)), redis.call('GET', claimer) }
end
local latest, earlier = unpack(remembered)
local late = comes_late(token, ARGV[9], latest)
earlier = earlier and cmsgpack.unpack(earlier)
if earlier and earlier[1] == token then
  local claims = { token }
  for i = 3, #earlier, 3 do
    local queue, id, execution = earlier[i], earlier[i + 1], earlier[2] .. '-' .. earlier[i + 2]
    if holds(registry_key('wip', queue), id, execution) then
      redis.call('ZADD', registry_key('wip', queue), 'XX', 'GT', deadline, lease_member(id, execution))
      local fields, payload = fields_of(id)
      claims[#claims + 1] = told_of(queue, id, execution, fields, payload)
    end
  end
  return claims
end
if late then return { token } end
-- Mostly nothing is suspended or paused, and nobody watches.
local paused = {}
if redis.call('EXISTS', SUSPENDED, PAUSED, WATCHED) == 0 then
  watched = false
elseif redis.call('EXISTS', SUSPENDED) == 1 then
  return { token, 'suspended' }
else
  paused = redis.pcall('SMISMEMBER', PAUSED, unpack(ARGV, 10))
end

-- A list full of what cannot be run is cleared over several calls, so that none takes long.
local budget, taken = wanted + 1000, 0
local claims, held, trouble, made_ready = {}, { token, name }, nil, nil
for i = 10, #ARGV do
  local queue, is_empty = ARGV[i], false
  -- bounded by the budget
  while paused[i - 9] ~= 1 and not is_empty and #claims < wanted and taken < budget and room > 0 do
    local wip = registry_key('wip', queue)
    -- A key of the wrong type is met before anything is popped.
    local leased = redis.pcall('ZCARD', wip)
    local ids = type(leased) == 'table' and leased or redis.pcall('LPOP', queue_key(queue), wanted - #claims)
    if not ids then break end
    if ids.err then
      trouble = ids
      break
    end
    local were_all = #ids < wanted - #claims
    -- All of them are leased first: whatever goes wrong then, none has been started without a lease.
    local executions, entries, not_run = {}, {}, {}
    for n, id in ipairs(ids) do
      local execution = string.format('%s-%d', name, taken + n - 1)
      executions[n], entries[2 * n - 1], entries[2 * n] = execution, deadline, lease_member(id, execution)
    end
    for from = 1, #entries, MOST_TOGETHER do redis.call('ZADD', wip, together(entries, from)) end
    for n, id in ipairs(ids) do
      if room <= 0 then
        -- Back to where it was.
        for k = #ids, n, -1 do
          redis.call('LPUSH', queue_key(queue), ids[k])
          not_run[#not_run + 1] = lease_member(ids[k], executions[k])
        end
        break
      end
      local fields, payload = fields_of(id)
      -- Most may run as they are.
      local may_run = fields.status == 'queued'
        and not (fields.expires_at or fields.rate_key or fields.progress or fields.run_if or fields.input_from)
        and #id <= 200 and string.match(id, '^[%w_-]+$')
      if not may_run then
        fields = nil
        if not made_ready then
          --@include waiting
          made_ready = make_ready
        end
        may_run = made_ready(queue, id, worker)
      end
      local execution = executions[n]
      if may_run then
        redis.call('HSET', job_key(id), 'status', 'started', 'started_at', started_at, 'worker_name', worker,
          'origin', queue, 'execution_id', execution)
        redis.call('PERSIST', job_key(id))
        happened(queue, id, 'started')
        if not fields then fields, payload = fields_of(id) end
        claims[#claims + 1] = told_of(queue, id, execution, fields, payload)
        held[#held + 1] = queue
        held[#held + 1] = id
        held[#held + 1] = taken + n - 1
      else
        not_run[#not_run + 1] = lease_member(id, execution)
      end
    end
    taken = taken + #ids
    give_up_leases(wip, not_run)
    -- What cannot be run may make room for others in this list.
    is_empty = were_all and #not_run == 0
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
if #claims == 0 and taken >= budget then return { token, 'more' } end
for i = 10, #ARGV do
  if paused[i - 9] == 1 then claims[#claims + 1] = 'paused:' .. ARGV[i] end
end
table.insert(claims, 1, token)
return claims
