-- Lets a job that waited for others go its way, or takes it back. For resolve.lua only, which says what `ended` is.
--@include wishes
--@include place
--@include outcome
--@include input
local ended

-- Takes back a job that waited for one that does not end as it needs, and those below it that ask for the same, or all
-- of them if it is certain that this one will not come back.
local function call_off(id, for_good)
  local job = look(id)
  local ttl = ttl_of(job.failure_ttl, A_YEAR)
  displace(job)
  ended(job, 'canceled', '', ttl, for_good)
  if ttl == 0 then
    forget(id, 'cancel')
  else
    redis.call('HSET', job_key(id), 'status', 'canceled', 'ended_at', shown_now())
    expire(id, ttl, 'cancel')
    enlist(registry_key('canceled', job.origin), id, ttl)
  end
  announce(id, 'C', '', ttl)
end

-- Deletes a job that waited for an occasion that will not come.
local function drop(id, popped)
  local job = look(id)
  displace(job, popped)
  ended(job, 'deleted', '', 0, true)
  forget(id, 'delete')
  announce(id, 'D', '', 0)
end

local function give_up(id, wish)
  if wish.run_if then drop(id) else call_off(id, true) end
end

-- Returns one of those that a job waits for, and that is not itself.
local function any_parent(id)
  local some = redis.call('SRANDMEMBER', dependencies_key(id), 2)
  return some[1] ~= id and some[1] or some[2]
end

-- Lets a deferred job go its way if it waits for nobody any more.
local function undefer(id, wish)
  local parent = any_parent(id)
  while parent do
    local stands = standing(id, wish, parent)
    if stands == 'waits' then return end
    if stands == 'lost' then return give_up(id, wish) end
    redis.call('SREM', dependencies_key(id), parent)
    redis.call('SREM', dependents_key(parent), id)
    parent = any_parent(id)
  end
  redis.call('DEL', dependencies_key(id))
  redis.call('ZREM', registry_key('deferred', wish.queue), id)
  redis.call('ZREM', DEADLINES, id)
  if wish.expires_at then look_again(id, wish.expires_at) end
  if wish.run_if then redis.call('HDEL', job_key(id), 'run_if') end
  if wish.input_from then take_input(id, wish.input_from) end
  -- Python lists a queue when the first job gets into it.
  redis.call('SADD', QUEUES, queue_key(wish.queue))
  place(id, wish.front)
end
