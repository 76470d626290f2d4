-- Lets jobs wait for others.
--@include wishes
--@include event

-- Has a deferred job looked at soon, and the less often the longer it has waited, since Python tells nobody how its
-- parents ended. This is for those of which Python leaves to us what follows; tend.lua sees the others now and then.
local function look_after(id, age) look_again(id, NOW + math.max(2, math.min(age / 4, 120))) end

-- A Python worker that ends the last parent of a job queues it, but not if it waits for itself as well, which we know
-- to be nothing. So does a job that has reasons to wait of which Python does not know. Returns whether this is one.
local function keep_from_python(id)
  local reasons = redis.call('HMGET', job_key(id), 'run_if', 'not_before', 'rate_limit_key')
  local kept = reasons[1] or reasons[2] or reasons[3]
  if kept then redis.call('SADD', dependencies_key(id), id) end
  return kept
end

-- Lets a job wait for its parents.
local function defer(id, queue, parents)
  redis.call('ZADD', registry_key('deferred', queue), score(NOW), id)
  outlasts(registry_key('deferred', queue), 0)
  redis.call('HSET', job_key(id), 'status', 'deferred')
  for _, parent in ipairs(parents) do
    redis.call('SADD', dependents_key(parent), id)
    redis.call('SADD', dependencies_key(id), parent)
    local left = redis.call('TTL', job_key(parent))
    if left >= 0 then redis.call('EXPIRE', dependents_key(parent), left) end
    if left >= 0 or ENDED[redis.call('HGET', job_key(parent), 'status')] then fear_for(id, parent, left) end
  end
  if keep_from_python(id) or redis.call('HGET', job_key(id), 'on_parent_failure') == 'cancel' then look_after(id, 0) end
  happened(queue, id, 'deferred')
end
