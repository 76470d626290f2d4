-- Jobs whose hash names no queue. None of ours is without, but others can write anything; put into a queue without a
-- name it would wait for ever.

-- So many queues are asked at most.
local MOST_QUEUES = 1000

-- Returns the name of a queue that has the job in this registry, or nil.
local function queue_that_lists(registry, id)
  for _, key in ipairs(redis.call('SRANDMEMBER', QUEUES, MOST_QUEUES)) do
    local queue = string.sub(key, #queue_key('') + 1)
    local found = queue ~= '' and redis.pcall('ZSCORE', registry_key(registry, queue), id)
    if type(found) == 'string' then return queue end
  end
  return nil
end

-- Fails a job of which nobody knows the queue.
local function strand(id)
  --@include reject
  reject('', id, '', NO_QUEUE)
end
