-- What a worker is told of a job that it leases. Who includes it also includes keys before, and has
-- LARGEST -> the largest payload in bytes
-- LARGEST_INPUT -> the largest field in bytes of a result that is the input of another job

-- An answer carries one payload of any size and others up to some megabytes: it must arrive before the patience of who
-- waits for it ends.
local room = 4 * 1024 * 1024

-- A hash that is not larger, in bytes of memory, is read as a whole: that takes less than to look for the many fields that
-- most jobs do not have. Of others the payload is read when they are leased: what else is in a list, such as jobs that have
-- ended, is not bounded by the room.
local READ_AT_ONCE = 4096

-- As many fields are measured of a hash that is a table: beyond that its size is an estimate.
local MEASURED = 512

-- What is asked of a job. What most do not have is true: that is told by its name.
local ASKED = { data = false, status = false, expires_at = false, rate_key = false, progress = false, run_if = false,
  timeout = false, description = false, enqueued_at = false, input_from = true, recoveries = true, failures = true,
  number_of_retries = true, retry_only = true, retry_never = true, dependency_ids = true, webhooks = true,
  cron_name = true }

-- Returns what a claim asks of a job before it is leased, and the size of its payload. What has another type under its key
-- has no fields.
local function fields_of(id)
  local key, fields = job_key(id), {}
  local memory = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', MEASURED)
  if type(memory) == 'number' and memory <= READ_AT_ONCE then
    local all = redis.pcall('HGETALL', key)
    for i = 1, #all, 2 do
      if ASKED[all[i]] ~= nil then fields[all[i]] = all[i + 1] end
    end
    return fields, #(fields.data or '')
  end
  local size = redis.pcall('HSTRLEN', key, 'data')
  if type(size) ~= 'number' then return fields, 0 end
  local asked = {}
  for field in pairs(ASKED) do
    if field ~= 'data' then asked[#asked + 1] = field end
  end
  for i, value in ipairs(redis.call('HMGET', key, unpack(asked))) do fields[asked[i]] = value or nil end
  return fields, size
end

-- What others wrote into the hash is cut: it is for people to see, and an answer must fit into the worker's memory.
local function short(field) return field and #field > 1000 and string.sub(field, 1, 1000) or field or false end

-- Returns what is said of the job, and takes that much of the room.
local function told_of(queue, id, execution, fields, payload)
  local data = payload > 0 and payload <= LARGEST and (fields.data or redis.call('HGET', job_key(id), 'data'))
  local told = { queue, id, execution, payload, data, short(fields.timeout), short(fields.description),
    short(fields.enqueued_at) }
  local size = data and payload or 0
  for field, value in pairs(fields) do
    if value and ASKED[field] and value ~= '' and #value <= LARGEST then
      told[#told + 1] = field
      told[#told + 1] = value
      size = size + #value
    end
  end
  if fields.input_from then
    -- The result that is the input of this job, or its size where it is too large.
    local length = redis.call('HSTRLEN', job_key(id), 'input')
    if length > LARGEST_INPUT then
      told[#told + 1] = 'input_size'
      told[#told + 1] = tostring(length)
    elseif length > 0 then
      told[#told + 1] = 'input'
      told[#told + 1] = redis.call('HGET', job_key(id), 'input')
      size = size + length
    end
  end
  room = room - size
  return told
end
