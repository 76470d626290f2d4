-- Lets a job that waited for others go its way, or takes it back. For resolve.lua only, which says what `ended` is.
--@include wishes
--@include place
--@include outcome
--@include input
local ended

-- Takes back a job before it has ended, and those below it that ask for that, or all of them if it is certain that this
-- one will not come back.
local function call_off(job, default_ttl, for_good)
  local id, ttl = job.id, ttl_of(job.failure_ttl, default_ttl)
  displace(job)
  ended(job, 'canceled', '', ttl, for_good)
  if ttl == 0 then
    forget(id)
  else
    redis.call('HSET', job_key(id), 'status', 'canceled', 'ended_at', shown_now())
    expire(id, ttl)
    enlist(registry_key('canceled', job.origin), id, ttl)
  end
  announce(id, 'C', '', ttl)
end

-- Deletes a job that waits, or did until it was popped off its list: deleted or expired, for those who wait for it.
local function drop(job, how, popped)
  displace(job, popped, how == 'expired')
  ended(job, how, '', 0, true)
  forget(job.id)
  announce(job.id, how == 'expired' and 'X' or 'D', '', 0)
end

-- What waited for one that does not end as it needs is taken back; what waited for that occasion only is deleted.
local function give_up(id, wish)
  if wish.run_if then drop(look(id), 'deleted') else call_off(look(id), A_YEAR, true) end
end

-- Returns one of those that a job waits for, and that is not itself.
local function any_parent(id)
  local some = redis.call('SRANDMEMBER', dependencies_key(id), 2)
  return some[1] ~= id and some[1] or some[2]
end

-- Lets a deferred job go its way if it waits for nobody any more.
local function undefer(id, wish)
  local parent = any_parent(id)
  while parent do -- bounded by the parents, of which each round takes one away
    local stands = standing(id, wish, parent)
    if stands == 'waits' then return end
    if stands == 'lost' then return give_up(id, wish) end
    redis.call('SREM', dependencies_key(id), parent)
    redis.call('SREM', dependents_key(parent), id)
    parent = any_parent(id)
  end
  if wish.queue == '' then return strand(id) end
  if wish.input_from then take_input(id, wish.input_from) end
  -- Its new place first, which may be none.
  place(id, wish.front)
  redis.call('DEL', dependencies_key(id))
  redis.call('ZREM', registry_key('deferred', wish.queue), id)
  redis.call('ZREM', DEADLINES, id)
  if wish.expires_at then look_again(id, wish.expires_at) end
  if wish.run_if then redis.call('HDEL', job_key(id), 'run_if') end
  -- Python lists a queue when the first job gets into it.
  redis.call('SADD', QUEUES, queue_key(wish.queue))
end
