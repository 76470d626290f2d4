-- Makes a new job that can be made. What few jobs need is defined when the first one needs it.
--@include clock
local await, make_room, put, limit = nil, nil, nil, nil

-- Takes the unique key and the place in the group; what is to run later keeps its key until then.
local function claim_names(id, ask, at)
  if ask.unique then
    if ask.unique_ms then
      redis.call('SET', unique_key(ask.unique), '~' .. id, 'PX', ask.unique_ms)
    else
      redis.call('SET', unique_key(ask.unique), id, 'EX', REGISTRY_SLACK + math.ceil(math.max(0, (at or NOW) - NOW)))
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

-- Returns when the job is to run at the earliest, or nil.
local function not_before(ask)
  if ask.at then return tonumber(ask.at) / 1000 end
  return ask.delay and NOW + tonumber(ask.delay) / 1000
end

-- Writes what was asked for beside the queue.
local function write_wishes(id, ask)
  local at = not_before(ask)
  if at then redis.call('HSET', job_key(id), 'not_before', score(at)) end
  if ask.front then redis.call('HSET', job_key(id), 'enqueue_at_front', 1) end
  if ask.unique or ask.group then claim_names(id, ask, at) end
end

local function make(new)
  local id, ask = new.id, new.ask
  if ask.replace or ask.unique_replace then
    if not make_room then
      --@include replace
      make_room = replace
    end
    make_room(new)
  end
  local has_parents = ask.depends or ask.after_group
  write(new, has_parents and 'deferred' or 'queued')
  write_wishes(id, ask)
  if has_parents then
    if not await then
      --@include parents
      await = await_parents
    end
    if await(new) then return end
  end
  if ask.at or ask.delay or ask.limited then
    if not put then
      --@include place
      put = place
    end
    put(id, ask.front)
  else
    redis.call(ask.front and 'LPUSH' or 'RPUSH', queue_key(ask.queue), id)
    happened(ask.queue, id, 'queued')
  end
  if ask.ttl then
    if not limit then
      --@include patience
      limit = limit_waiting
    end
    limit(id, tonumber(ask.ttl))
  end
end
