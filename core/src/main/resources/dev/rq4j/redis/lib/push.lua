-- Puts a job into its queue, or among those that wait for their time.
--@include clock
--@include event

local function push(id, queue, front)
  local length = redis.call(front and 'LPUSH' or 'RPUSH', queue_key(queue), id)
  -- Nobody has listed the queue yet, if this job is Python's and waited for another, or it was taken off the list.
  if length == 1 then redis.call('SADD', QUEUES, queue_key(queue)) end
  redis.call('HSET', job_key(id), 'status', 'queued', 'enqueued_at', shown_now())
  happened(queue, id, 'queued')
end

local function schedule(id, queue, at)
  local registry = registry_key('scheduled', queue)
  redis.call('ZADD', registry, score(at), id)
  redis.call('HSET', job_key(id), 'status', 'scheduled')
  outlasts(registry, at - NOW)
  happened(queue, id, 'scheduled')
  -- Whoever looks every second finds what is further off.
  if at < NOW + 1.5 then tell(WAKE, '') end
end

-- Returns a score behind all others in a set, and never the same twice: a thousand jobs can come in one script.
local function behind(set)
  local last = redis.call('ZRANGE', set, -1, -1, 'WITHSCORES')[2]
  return string.format('%.6f', math.max(NOW, last and tonumber(last) + 0.000001 or 0))
end
