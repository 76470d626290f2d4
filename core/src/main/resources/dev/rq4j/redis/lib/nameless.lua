-- What an audit makes of a job whose hash names no queue.
--@include stray

-- So many queues are asked for a job that only their lists, or leases, have.
local MOST_ASKED = 100

-- Returns true, false, or nil where nobody can tell.
local function has(queue, job)
  local there = { id = job.id, status = job.status, execution_id = job.execution_id, origin = queue }
  if job.status == 'queued' then return is_in_list(queue_key(queue), job.id) end
  return lease_of(there) ~= nil
end

-- Returns the queue that has the job where its status says that it is, '' where none has, nil where nobody can tell.
local function queue_of_stray(job)
  if job.status ~= 'queued' and job.status ~= 'started' then
    return queue_that_lists(HOME[job.status] or job.status, job.id) or ''
  end
  if redis.call('SCARD', QUEUES) > MOST_ASKED then return nil end
  for _, key in ipairs(redis.call('SMEMBERS', QUEUES)) do
    local queue = string.sub(key, #queue_key('') + 1)
    local found = false
    if queue ~= '' then found = has(queue, job) end
    if found then return queue end
    if found == nil or is_tired() then return nil end
  end
  return ''
end

-- Returns what is wrong with it. One that its limit holds back is failed when its turn comes.
local function of_stray(job)
  if job.status == 'rate_limited' then return nil end
  local queue = queue_of_stray(job)
  if not queue or (queue == '' and ENDED[job.status]) then return nil end
  if queue == '' then return 'in_no_place', 'is ' .. job.status .. ', names no queue and is in none' end
  return 'misplaced', 'is ' .. job.status .. ', and names no queue, but is in ' .. queue
end

-- Mends it: it is of the queue that has it, or of none and fails.
local function mend_stray(job)
  local queue = queue_of_stray(job)
  if not queue or job.status == 'rate_limited' then return 0 end
  if queue ~= '' then
    redis.call('HSET', job_key(job.id), 'origin', queue)
  elseif ENDED[job.status] then
    return 0
  else
    strand(job.id)
  end
  return 1
end
