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

-- What most jobs do not have.
local SELDOM = { 'input_from', 'recoveries', 'failures', 'number_of_retries', 'retry_only', 'retry_never',
  'dependency_ids', 'webhooks', 'cron_name' }

local ASKED = { 'status', 'expires_at', 'rate_key', 'progress', 'run_if', 'timeout', 'description', 'enqueued_at',
  'ended_at', 'ttl', unpack(SELDOM) }

local IS_ASKED = { data = true }
for _, field in ipairs(ASKED) do IS_ASKED[field] = true end

-- Returns what a claim asks of a job before it is leased, and the size of its payload. What has another type under its key
-- has no fields.
local function fields_of(id)
  local key, fields = job_key(id), {}
  local memory = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', MEASURED)
  if type(memory) == 'number' and memory <= READ_AT_ONCE then
    local all = redis.pcall('HGETALL', key)
    for i = 1, #all, 2 do
      if IS_ASKED[all[i]] then fields[all[i]] = all[i + 1] end
    end
    return fields, #(fields.data or '')
  end
  local size = redis.pcall('HSTRLEN', key, 'data')
  if type(size) ~= 'number' then return fields, 0 end
  for i, value in ipairs(redis.call('HMGET', key, unpack(ASKED))) do fields[ASKED[i]] = value or nil end
  return fields, size
end

-- What others wrote into the hash is cut: it is for people to see, and an answer must fit into the worker's memory.
local function short(field) return field and #field > 1000 and string.sub(field, 1, 1000) or field or false end

-- Returns the payload, or false where there is none or it is too large.
local function payload_of(id, fields, size)
  if size == 0 or size > LARGEST then return false end
  return fields.data or redis.call('HGET', job_key(id), 'data')
end

-- Returns the result that is the input of a job as a field and its value, its size where it is too large, or nothing.
local function input_of(id)
  local size = redis.call('HSTRLEN', job_key(id), 'input')
  if size > LARGEST_INPUT then return 'input_size', tostring(size) end
  if size > 0 then return 'input', redis.call('HGET', job_key(id), 'input') end
end

-- Returns what is said of the job, and takes that much of the room.
local function told_of(queue, id, execution, fields, payload)
  local data = payload_of(id, fields, payload)
  local told = { queue, id, execution, payload, data, short(fields.timeout), short(fields.description),
    short(fields.enqueued_at) }
  local size = data and payload or 0
  for _, field in ipairs(SELDOM) do
    local value = fields[field]
    if value and value ~= '' and #value <= LARGEST then
      told[#told + 1] = field
      told[#told + 1] = value
      size = size + #value
    end
  end
  if fields.input_from then
    local field, value = input_of(id)
    told[#told + 1] = field
    told[#told + 1] = value
    size = size + #(value or '')
  end
  room = room - size
  return told
end
