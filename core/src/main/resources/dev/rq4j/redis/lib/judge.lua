-- Decides whether new jobs can be made. Nothing is written.
--@include job
--@include status
--@include unique
--@include retention
--@include relatives

local NO_PARENT, CIRCLE, TOO_MANY, TOO_FAR, TOO_LATE, SUPPLANTED = -1, -2, -3, -4, -5, -6
local MOST_PARENTS = 10000

-- Of a job and those that come with it: their ids and parents, who has which unique key, and what is to be answered for
-- those not to be made.
local coming, holders, verdicts = {}, {}, {}
-- The keys that were found to be of the type that they should be.
local sound = {}

-- Raises an error if a key is not of the type that this command reads.
local function meet(command, key)
  if sound[key] then return end
  redis.call(command, key)
  sound[key] = true
end

local function meet_limit(key)
  meet('SCARD', LIMITS)
  meet('HLEN', limit_key(key))
  meet('ZCARD', limited_key(key))
  meet('ZCARD', allowed_key(key))
end

local function meet_turns(key)
  meet('ZCARD', RATES)
  meet('ZCARD', paced_key(key))
end

local function prove_limits(new)
  for i = new.first, new.last, 2 do
    local key = ARGV[i + 1]
    if ARGV[i] == 'rate_limit_key' then
      meet_limit(key)
    elseif ARGV[i] == 'rate_key' then
      meet_turns(key)
      meet('LLEN', rate_key(key))
      meet('HLEN', turns_key(key))
    end
  end
end

local function meet_places(job)
  meet('LLEN', queue_key(job.origin))
  for _, registry in ipairs({ 'deferred', 'scheduled', 'ready', 'finished', 'failed', 'canceled' }) do
    meet('ZCARD', registry_key(registry, job.origin))
  end
  meet('HLEN', RESOLVING)
  meet('ZCARD', DEADLINES)
  meet('SCARD', dependents_key(job.id))
  meet('SCARD', dependencies_key(job.id))
  if job.group_id then meet('SCARD', group_key(job.group_id)) end
  if job.unique_key then meet('STRLEN', unique_key(job.unique_key)) end
  if job.rate_key then meet_turns(job.rate_key) end
  if job.rate_limit_key then meet_limit(job.rate_limit_key) end
end

-- Meets the keys of a waiting job that another comes in place of, and of its callbacks, which go with it.
local function prove_gone(job)
  meet_places(job)
  for _, callback in ipairs(callbacks_of(job.id)) do
    local going = look(callback)
    if going then meet_places(going) end
  end
end

local function prove_relatives(new)
  meet('HLEN', RESOLVING)
  meet('ZCARD', DEADLINES)
  meet('SCARD', dependencies_key(new.id))
  for _, parent in ipairs(named(new.ask)) do meet('SCARD', dependents_key(parent)) end
end

-- Meets keys of the wrong type before anything of a job is written: half a job would be in no list, and would be taken
-- for made when it is asked for again.
local function prove(new)
  local ask = new.ask
  meet('LLEN', queue_key(ask.queue))
  meet('ZCARD', registry_key('scheduled', ask.queue))
  meet('ZCARD', registry_key('deferred', ask.queue))
  if ask.limited then prove_limits(new) end
  if ask.ttl then meet('ZCARD', DEADLINES) end
  if ask.group then
    meet('SCARD', GROUPS)
    meet('SCARD', group_key(ask.group))
  end
  if ask.depends or ask.after_group then prove_relatives(new) end
end

-- Returns the job that has the unique key, if that is to be heeded, and whether it may be replaced.
local function rival(ask)
  if not ask.unique then return nil end
  if not ask.unique_replace then return holder_of(ask.unique), false end
  local other = taken_by(ask.unique)
  local job = other and look(other)
  return job and WAITS[job.status] and other, true
end

-- Returns the first of these jobs that is neither there nor coming, or nil.
local function missing(parents)
  for _, parent in ipairs(parents) do
    if not coming[parent] and type(redis.pcall('HGET', job_key(parent), 'status')) ~= 'string' then return parent end
  end
  return nil
end

-- Returns why a job cannot be made, or nil.
local function objection(new)
  local id, ask = new.id, new.ask
  if coming[id] then return { EXISTS, id } end
  if ask.at and ask.ttl and tonumber(ask.at) / 1000 >= NOW + tonumber(ask.ttl) then return { TOO_LATE, id, id } end
  prove(new)
  local exists = redis.call('EXISTS', job_key(id)) == 1
  local present = exists and ask.replace and look(id)
  if exists and not (present and WAITS[present.status]) then return { EXISTS, id } end
  if present then prove_gone(present) end
  local other, replaceable = rival(ask)
  if other and replaceable then prove_gone(look(other)) end
  -- The one that it replaces stands in nobody's way.
  if other and not replaceable and not (present and other == id) then return { EXISTS, other } end
  if holders[ask.unique or ''] then return { EXISTS, holders[ask.unique] } end
  local parents = named(ask)
  local absent = missing(parents)
  if absent then return { NO_PARENT, absent, id } end
  for _, parent in ipairs(other and parents or {}) do
    if parent == other then return { SUPPLANTED, other, id } end
  end
  if ask.after_group and redis.call('SCARD', group_key(ask.after_group)) > MOST_PARENTS then
    return { TOO_MANY, ask.after_group, id }
  end
  for _, member in ipairs(ask.after_group and members_of(new) or {}) do meet('SCARD', dependents_key(member)) end
  -- Only an id that was asked for can be waited for already.
  if new.token == '' or not (ask.depends or ask.after_group) then return nil end
  if redis.call('EXISTS', dependents_key(id)) == 0 then return nil end
  --@include circle
  return circle(new, present)
end

-- Decides on a job and all that come with it. A callback whose unique key is taken is not made; whatever else stands in
-- the way of one of them stands in the way of all.
local function decide(head)
  coming, holders, verdicts = {}, {}, {}
  local all, member, members = repeated(head.id, head.token) and CREATED or nil, head, {}
  repeat -- bounded by ARGV
    local no = verdicts[member.ask.with or ''] or (not all and objection(member)) or nil
    if no then verdicts[member.id] = no end
    if no and not all and (member == head or member.ask.whole or no[1] ~= EXISTS) then all = no end
    coming[member.id] = named(member.ask)
    if member.ask.unique and not no then holders[member.ask.unique] = member.id end
    members[#members + 1] = member
    member = ARGV[member.last + 1] and read(member.last + 1)
  until not member or not member.ask.with
  if all then
    for _, each in ipairs(members) do verdicts[each.id] = all end
  end
end
