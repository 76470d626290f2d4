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

-- Returns how often something is still to be done, or nil when it is not: a number that one less does not make smaller,
-- or that nobody can mean, would be done for ever.
local function times(text)
  local count = tonumber(text or nil)
  return count and count >= 1 and count < 2147483648 and count or nil
end
