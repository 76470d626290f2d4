-- Lets a scheduled job go its way.
--@include place

-- Puts the job where it belongs, and takes it off the scheduled ones of a queue.
local function promote(id, queue)
  redis.call('HSET', job_key(id), 'origin', queue)
  local first, again = unpack(redis.call('HMGET', job_key(id), 'enqueue_at_front', 'again_at_front'))
  redis.call('HDEL', job_key(id), 'not_before', 'again_at_front')
  place(id, (again or first) == '1')
  redis.call('ZREM', registry_key('scheduled', queue), id)
end
