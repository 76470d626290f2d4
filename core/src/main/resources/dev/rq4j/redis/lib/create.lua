-- Makes new jobs. In ARGV a job is: its id; the token of the request ('' when the id itself is random); how many
-- directives follow, names and values counted; these; how many fields and values of its hash follow; these.
--
-- Directives: queue, front, delay and at (milliseconds), ttl (seconds), depends (ids with commas), after_group
-- (depends on all jobs of this group), replace (a waiting job of this id is replaced), unique (a key), unique_ms (for
-- how long it is taken; otherwise until the job has ended), unique_replace (the waiting job that has it is replaced),
-- group, with (an id: it comes with that job, which stands before it, and is not made when that one is not), whole
-- (when it cannot be made, nothing of what it comes with is).
--@include defer
--@include delete

local CREATED, EXISTS, NO_PARENT, CIRCLE, TOO_MANY = 1, 0, -1, -2, -3
local MOST_PARENTS = 10000

-- Of a job and those that come with it: their ids, who has which unique key, and what is to be answered for those not
-- to be made.
local coming, holders, verdicts = {}, {}, {}
local parsed, sound, listed = {}, {}, {}

-- Reads the job that begins at ARGV[at].
local function read(at)
  if parsed[at] then return parsed[at] end
  local asked = tonumber(ARGV[at + 2])
  local new = { id = ARGV[at], token = ARGV[at + 1], first = at + 4 + asked, ask = {} }
  for i = at + 3, at + 2 + asked, 2 do new.ask[ARGV[i]] = ARGV[i + 1] end
  new.last = new.first - 1 + tonumber(ARGV[new.first - 1])
  parsed[at] = new
  return new
end

-- Returns whether this very request was carried out before.
local function repeated(new, attempt)
  if attempt == 1 then return false end
  local id, token = new.id, new.token
  if redis.call('EXISTS', job_key(id)) == 0 then return entombed(token == '' and id or token) end
  return token == '' or redis.call('HGET', job_key(id), 'request_token') == token
end

-- Meets keys of the wrong type before anything of a job is written.
local function prove(queue)
  if sound[queue] then return end
  redis.call('LLEN', queue_key(queue))
  redis.call('ZCARD', registry_key('scheduled', queue))
  redis.call('ZCARD', registry_key('deferred', queue))
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

-- Returns whether a job waits for one of these, or is one, however far off.
local function is_behind(id, parents)
  local seen, open = {}, parents
  while #open > 0 do
    local next = table.remove(open)
    if next == id then return true end
    if not seen[next] then
      seen[next] = true
      for _, parent in ipairs(redis.call('SMEMBERS', dependencies_key(next))) do open[#open + 1] = parent end
    end
  end
  return false
end

-- Returns the first job to depend on that is neither there nor coming, and all of them.
local function missing(ask)
  local parents = {}
  for parent in string.gmatch(ask.depends or '', '[^,]+') do
    if not coming[parent] and type(redis.pcall('HGET', job_key(parent), 'status')) ~= 'string' then return parent end
    parents[#parents + 1] = parent
  end
  return nil, parents
end

-- Returns why a job cannot be made, or nil. Nothing is written.
local function objection(new)
  local id, ask = new.id, new.ask
  if coming[id] then return { EXISTS, id } end
  prove(ask.queue)
  local exists = redis.call('EXISTS', job_key(id)) == 1
  local present = exists and ask.replace and look(id)
  if exists and not (present and WAITS[present.status]) then return { EXISTS, id } end
  local other, replaceable = rival(ask)
  if other and not replaceable then return { EXISTS, other } end
  if holders[ask.unique or ''] then return { EXISTS, holders[ask.unique] } end
  local absent, parents = missing(ask)
  if absent then return { NO_PARENT, absent, id } end
  -- Who waits for this id already, which was asked for, must not be waited for.
  if new.token ~= '' and #parents > 0 and redis.call('EXISTS', dependents_key(id)) == 1 and is_behind(id, parents) then
    return { CIRCLE, id, id }
  end
  if ask.after_group and redis.call('SCARD', group_key(ask.after_group)) > MOST_PARENTS then
    return { TOO_MANY, ask.after_group, id }
  end
  return nil
end

-- Decides on a job and all that come with it. A callback whose unique key is taken is not made; whatever else stands in
-- the way of one of them stands in the way of all.
local function decide(head, attempt)
  coming, holders, verdicts = {}, {}, {}
  local all, member, members = repeated(head, attempt) and CREATED or nil, head, {}
  repeat
    local no = verdicts[member.ask.with or ''] or (not all and objection(member)) or nil
    if no then verdicts[member.id] = no end
    if no and not all and (member == head or member.ask.whole or no[1] ~= EXISTS) then all = no end
    coming[member.id] = true
    if member.ask.unique and not no then holders[member.ask.unique] = member.id end
    members[#members + 1] = member
    member = ARGV[member.last + 1] and read(member.last + 1)
  until not member or not member.ask.with
  if all then
    for _, each in ipairs(members) do verdicts[each.id] = all end
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
  local left = math.ceil(ttl) + 60
  redis.call('HSET', job_key(id), 'expires_at', score(NOW + ttl))
  look_again(id, NOW + ttl)
  for _, key in ipairs(keys_of(id)) do redis.call('EXPIRE', key, left) end
  -- Those who waited for a job that this one has replaced.
  for _, dependent in ipairs(redis.call('SMEMBERS', dependents_key(id))) do fear_for(dependent, id, left) end
end

-- Returns when the job is to run at the earliest, or nil.
local function not_before(ask)
  if ask.at then return tonumber(ask.at) / 1000 end
  return ask.delay and NOW + tonumber(ask.delay) / 1000
end

local function write(new, status)
  local id, ask = new.id, new.ask
  redis.call('HSET', job_key(id), 'status', status, unpack(ARGV, new.first, new.last))
  if new.token ~= '' then redis.call('HSET', job_key(id), 'request_token', new.token) end
  local at = not_before(ask)
  if at then redis.call('HSET', job_key(id), 'not_before', score(at)) end
  if ask.front then redis.call('HSET', job_key(id), 'enqueue_at_front', 1) end
  if ask.unique or ask.group then claim_names(id, ask) end
  if not listed[ask.queue] then redis.call('SADD', QUEUES, queue_key(ask.queue)) end
  listed[ask.queue] = true
end

-- Takes away a waiting job that another of its id replaces. Those who wait for this id wait for the new one, but for
-- the callbacks of the old one.
local function clear(job)
  local id = job.id
  for _, dependent in ipairs(redis.call('SMEMBERS', dependents_key(id))) do
    if redis.pcall('HGET', job_key(dependent), 'dependency_id') == id
      and redis.call('HEXISTS', job_key(dependent), 'run_if') == 1 then drop(look(dependent), 'deleted') end
  end
  displace(job)
  if job.rate_limit_key then vacate(id, job.rate_limit_key) end
  if job.unique_key and redis.call('GET', unique_key(job.unique_key)) == id then
    redis.call('DEL', unique_key(job.unique_key))
  end
  if job.group_id then redis.call('SREM', group_key(job.group_id), id) end
  for _, key in ipairs(keys_of(id)) do
    redis.call(key == dependents_key(id) and 'PERSIST' or 'DEL', key)
  end
end

-- Returns the jobs to depend on: those asked for, and those of a group that are there.
local function parents_of(new)
  local parents = {}
  for parent in string.gmatch(new.ask.depends or '', '[^,]+') do parents[#parents + 1] = parent end
  if not new.ask.after_group then return parents end
  for _, member in ipairs(redis.call('SMEMBERS', group_key(new.ask.after_group))) do
    if member ~= new.id and redis.call('EXISTS', job_key(member)) == 1 then parents[#parents + 1] = member end
  end
  if parents[1] then
    redis.call('HSET', job_key(new.id), 'dependency_id', parents[1], 'dependency_ids', cjson.encode(parents))
  end
  return parents
end

-- Lets a job wait for its parents, as far as they have not ended as it needs. Returns whether it is on its way by that:
-- it waits, or has been taken back since one of them ended otherwise.
local function await_parents(new)
  local id, parents = new.id, parents_of(new)
  local wish, pending, bad, lost = wishes(id), {}, false, false
  for _, parent in ipairs(parents) do
    local stands = standing(id, wish, parent)
    if stands == 'waits' then
      pending[#pending + 1] = parent
      bad = bad or (wish.fate == 'cancel' and ENDED[redis.call('HGET', job_key(parent), 'status')])
    elseif stands == 'lost' or (not wish.any and redis.call('EXISTS', job_key(parent)) == 0) then
      lost = true
    end
  end
  if wish.input_from then take_input(id, wish.input_from) end
  if #pending == 0 and not lost then
    redis.call('HSET', job_key(id), 'status', 'queued')
    redis.call('HDEL', job_key(id), 'run_if')
    return false
  end
  defer(id, new.ask.queue, pending)
  if new.ask.ttl then limit_waiting(id, tonumber(new.ask.ttl)) end
  if lost then
    give_up(id, wish)
  elseif bad then
    call_off(look(id), A_YEAR)
  end
  return true
end

local function make(new)
  local id, ask = new.id, new.ask
  local other = rival(ask)
  if other and other ~= id then delete(look(other), 'deleted') end
  local present = ask.replace and look(id)
  if present then clear(present) end
  local has_parents = ask.depends or ask.after_group
  write(new, has_parents and 'deferred' or 'queued')
  if has_parents and await_parents(new) then return end
  local held_back = ask.at or ask.delay
  for i = new.first, new.last, 2 do
    if ARGV[i] == 'rate_limit_key' or ARGV[i] == 'rate_key' then held_back = true end
  end
  if held_back then
    place(id, ask.front)
  else
    redis.call(ask.front and 'LPUSH' or 'RPUSH', queue_key(ask.queue), id)
    happened(ask.queue, id, 'queued')
  end
  if ask.ttl then limit_waiting(id, tonumber(ask.ttl)) end
end

-- Makes the job that begins at ARGV[at]. Returns the answer and where the next one begins: 1 when it is there, {0, id}
-- when that id is taken or has the unique key, and with the id of the job that is refused by it {-1, id, job} when a
-- job to depend on does not exist, {-2, id, job} when it would wait for itself, {-3, group, job} for too many to
-- depend on.
local function create(at, attempt)
  local new = read(at)
  if not new.ask.with then decide(new, attempt) end
  local no = verdicts[new.id]
  if not no then make(new) end
  return no or CREATED, new.last + 1
end
