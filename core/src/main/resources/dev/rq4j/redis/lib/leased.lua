-- What a worker is told of a job that it leases.

-- An answer carries one payload of any size and others up to some megabytes: it must arrive before the patience of who
-- waits for it ends.
local room = 4 * 1024 * 1024

-- What most jobs do not have.
local SELDOM = { 'recoveries', 'failures', 'number_of_retries', 'retry_only', 'retry_never', 'input_from', 'input',
  'dependency_ids', 'webhooks', 'cron_name' }

-- What others wrote into the hash is cut: it is for people to see, and an answer must fit into the worker's memory.
local function short(field) return field and string.sub(field, 1, 1000) end

-- Returns the job with its payload, if that is not larger than this, and takes that much of the room.
local function told_of(queue, id, execution, largest, largest_input)
  local key = job_key(id)
  local payload, data = redis.call('HSTRLEN', key, 'data'), false
  if payload > 0 and payload <= largest then data = redis.call('HGET', key, 'data') end
  local size = data and payload or 0
  local rest = redis.call('HMGET', key, 'timeout', 'description', 'enqueued_at', unpack(SELDOM))
  local extra = {}
  for i, field in ipairs(SELDOM) do
    local value = rest[i + 3]
    if field == 'input' and value and #value > largest_input then field, value = 'input_size', tostring(#value) end
    if value and value ~= '' and #value <= (field == 'input' and largest_input or largest) then
      extra[#extra + 1] = field
      extra[#extra + 1] = value
      size = size + #value
    end
  end
  room = room - size
  return { queue, id, execution, payload, data, short(rest[1]), short(rest[2]), short(rest[3]), extra }
end
