-- What a worker is told of a job that it leases.

-- An answer carries one payload of any size and others up to some megabytes: it must arrive before the patience of who
-- waits for it ends.
local room = 4 * 1024 * 1024

-- What most jobs do not have.
local SELDOM = { 'input_from', 'input', 'recoveries', 'failures', 'number_of_retries', 'retry_only', 'retry_never',
  'dependency_ids', 'webhooks', 'cron_name' }

local BEFORE = 8
local INPUT_FROM = BEFORE + 1

-- Returns all that a claim asks of a job, but its payload.
local function fields_of(id)
  return redis.pcall('HMGET', job_key(id), 'status', 'expires_at', 'rate_key', 'progress', 'run_if', 'timeout',
    'description', 'enqueued_at', unpack(SELDOM))
end

-- What others wrote into the hash is cut: it is for people to see, and an answer must fit into the worker's memory.
local function short(field) return field and string.sub(field, 1, 1000) end

-- Returns the job with its payload, if that is not larger than the largest, and takes that much of the room.
local function told_of(queue, id, execution, fields)
  local key = job_key(id)
  local payload, data = redis.call('HSTRLEN', key, 'data'), false
  if payload > 0 and payload <= LARGEST then data = redis.call('HGET', key, 'data') end
  local size = data and payload or 0
  local extra = {}
  for i, field in ipairs(SELDOM) do
    local value = fields[BEFORE + i]
    local most = field == 'input' and LARGEST_INPUT or LARGEST
    if field == 'input' and value and #value > most then field, value = 'input_size', tostring(#value) end
    if value and value ~= '' and #value <= most then
      extra[#extra + 1] = field
      extra[#extra + 1] = value
      size = size + #value
    end
  end
  room = room - size
  return { queue, id, execution, payload, data, short(fields[6]), short(fields[7]), short(fields[8]), extra }
end
