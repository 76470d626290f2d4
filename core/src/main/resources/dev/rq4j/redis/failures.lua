#!lua flags=no-writes
-- Reads of failed jobs what decides whether they are queued again, the first to go first.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> how many entries to look at at most: fewer when what is read is large
-- ARGV[4] -> how many entries to pass over
-- ARGV[5] -> the largest payload to read in bytes; 0 for none
-- ARGV[6] -> the largest reason to read in bytes; 0 for none
--
-- Returns for each {job, status, for how many milliseconds it has ended or nil, payload or nil, reason or nil}.
--@include keys
--@include clock

-- What one answer carries beside its last entry, about.
local room = 4 * 1024 * 1024
local largest_payload, largest_reason = tonumber(ARGV[5]), tonumber(ARGV[6])

local function field_of(entry, name)
  for i = 1, #entry[2], 2 do
    if entry[2][i] == name then return entry[2][i + 1] end
  end
  return nil
end

local function within(value, largest)
  if not value or #value > largest then return false end
  room = room - #value
  return value
end

local function read(id)
  local found = redis.pcall('HMGET', job_key(id), 'status', 'exc_info')
  if found.err or not found[1] then return { id, '', false, false, false } end
  local entry = redis.pcall('XREVRANGE', results_key(id), '+', '-', 'COUNT', 1)[1]
  local age, reason = false, found[2]
  if type(entry) == 'table' then
    age = math.floor(NOW * 1000) - tonumber(string.match(entry[1], '^%d+'))
    reason = field_of(entry, 'exc_string') or reason
  end
  local payload = largest_payload > 0 and redis.call('HGET', job_key(id), 'data')
  return { id, found[1], age, within(payload, largest_payload), within(reason, largest_reason) }
end

local from = tonumber(ARGV[4])
local answers = {}
for _, id in ipairs(redis.call('ZRANGE', registry_key('failed', ARGV[2]), from, from + tonumber(ARGV[3]) - 1)) do
  if room <= 0 then break end
  answers[#answers + 1] = read(id)
end
return answers
