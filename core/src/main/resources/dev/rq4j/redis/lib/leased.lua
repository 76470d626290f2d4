-- What a worker is told of a job that it leases.

-- An answer carries one payload of any size and others up to some megabytes: it must arrive before the patience of who
-- waits for it ends.
local room = 4 * 1024 * 1024

-- What most jobs do not have.
local SELDOM = { 'input_from', 'input', 'recoveries', 'failures', 'number_of_retries', 'retry_only', 'retry_never',
  'dependency_ids', 'webhooks', 'cron_name' }

local BEFORE = 9
local INPUT_FROM = BEFORE + 1

-- Returns all that a claim asks of a job, and the size of its payload, which is among it if that is not larger than the
-- largest.
local function fields_of(id)
  local key = job_key(id)
  local size = redis.pcall('HSTRLEN', key, 'data')
  -- What has another type under its key is an error here.
  if type(size) ~= 'number' then return size, 0 end
  return redis.call('HMGET', key, 'status', 'expires_at', 'rate_key', 'progress', 'run_if', 'timeout', 'description',
    'enqueued_at', size <= LARGEST and 'data' or 'status', unpack(SELDOM)), size
end

-- What others wrote into the hash is cut: it is for people to see, and an answer must fit into the worker's memory.
local function short(field) return field and string.sub(field, 1, 1000) end

-- Returns what is said of the job, and takes that much of the room.
local function told_of(queue, id, execution, fields, payload)
  local data = payload > 0 and payload <= LARGEST and fields[BEFORE]
  local size = data and payload or 0
  local extra = {}
  for i = 1, #SELDOM do
    local field, value = SELDOM[i], fields[BEFORE + i]
    if value and value ~= '' then
      local most = field == 'input' and LARGEST_INPUT or LARGEST
      if field == 'input' and #value > most then field, value = 'input_size', tostring(#value) end
      if #value <= most then
        extra[#extra + 1] = field
        extra[#extra + 1] = value
        size = size + #value
      end
    end
  end
  room = room - size
  return { queue, id, execution, payload, data, short(fields[6]), short(fields[7]), short(fields[8]), extra }
end
