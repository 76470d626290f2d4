-- What a worker is told of a job that it leases. Who includes it also includes keys before, and has
-- LARGEST -> the largest payload in bytes
-- LARGEST_INPUT -> the largest field in bytes of a result that is the input of another job

-- An answer carries one payload of any size and others up to some megabytes: it must arrive before the patience of who
-- waits for it ends.
local room = 4 * 1024 * 1024

-- A payload that is not larger is read with the fields, which saves a command; others are read of jobs that are leased.
-- What else is in a list, such as jobs that have ended, is not bounded by the room.
local READ_AT_ONCE = 4096

-- What most jobs do not have.
local SELDOM = { 'input_from', 'recoveries', 'failures', 'number_of_retries', 'retry_only', 'retry_never',
  'dependency_ids', 'webhooks', 'cron_name' }

local BEFORE = 9
local INPUT_FROM = BEFORE + 1

-- Returns what a claim asks of a job before it is leased, and the size of its payload.
local function fields_of(id)
  local key = job_key(id)
  local size = redis.pcall('HSTRLEN', key, 'data')
  -- What has another type under its key is an error here.
  if type(size) ~= 'number' then return size, 0 end
  return redis.call('HMGET', key, 'status', 'expires_at', 'rate_key', 'progress', 'run_if', 'timeout', 'description',
    'enqueued_at', size <= READ_AT_ONCE and 'data' or 'status', unpack(SELDOM)), size
end

-- What others wrote into the hash is cut: it is for people to see, and an answer must fit into the worker's memory.
local function short(field) return field and string.sub(field, 1, 1000) end

-- Returns the payload, or false where there is none or it is too large.
local function payload_of(id, fields, size)
  if size == 0 or size > LARGEST then return false end
  return size <= READ_AT_ONCE and fields[BEFORE] or redis.call('HGET', job_key(id), 'data')
end

-- Returns the result that is the input of a job as a field and its value, its size where it is too large, or nothing.
local function input_of(id)
  local size = redis.call('HSTRLEN', job_key(id), 'input')
  if size > LARGEST_INPUT then return 'input_size', tostring(size) end
  if size > 0 then return 'input', redis.call('HGET', job_key(id), 'input') end
end

-- Returns what is said of the job, and takes that much of the room.
local function told_of(queue, id, execution, fields, payload)
  local data, extra = payload_of(id, fields, payload), {}
  local size = data and payload or 0
  for i = 1, #SELDOM do
    local value = fields[BEFORE + i]
    if value and value ~= '' and #value <= LARGEST then
      extra[#extra + 1] = SELDOM[i]
      extra[#extra + 1] = value
      size = size + #value
    end
  end
  if fields[INPUT_FROM] then
    local field, value = input_of(id)
    extra[#extra + 1] = field
    extra[#extra + 1] = value
    size = size + #(value or '')
  end
  room = room - size
  return { queue, id, execution, payload, data, short(fields[6]), short(fields[7]), short(fields[8]), extra }
end
