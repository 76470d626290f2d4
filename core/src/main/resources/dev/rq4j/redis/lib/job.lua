-- What scripts want to know of a job.
local LOOKED_AT = { 'status', 'origin', 'execution_id', 'worker_name', 'result_ttl', 'failure_ttl', 'rate_limit_key',
  'rate_key', 'unique_key', 'group_id', 'expires_at', 'retries_left', 'repeats_left' }

-- Returns the fields, or nil when there is no such job: what has another type under its key is none.
local function look(id)
  local values = redis.pcall('HMGET', job_key(id), unpack(LOOKED_AT))
  if values.err or (not values[1] and redis.call('EXISTS', job_key(id)) == 0) then return nil end
  local job = { id = id }
  for i, field in ipairs(LOOKED_AT) do
    if values[i] and values[i] ~= '' then job[field] = values[i] end
  end
  job.origin = job.origin or ''
  return job
end

local ENDED = { finished = true, failed = true, stopped = true, canceled = true }
local WAITS = { queued = true, scheduled = true, deferred = true, rate_limited = true, ready_to_enqueue = true,
  created = true }

-- Jobs under way, ended or canceled can still be in a list, twice even, if Python put them there. A status that nobody
-- knows does not keep a job from running.
local NOT_WAITING = { started = true, finished = true, failed = true, deferred = true, scheduled = true, stopped = true,
  canceled = true, rate_limited = true, ready_to_enqueue = true }
