#!lua flags=no-writes
-- Reads jobs, as many of them as fit into one answer.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the largest payload in bytes, and the largest list of ids; other fields are for people to see, and shorter
-- ARGV[3...] -> the jobs
--
-- Returns for each of the first of them, one at least, {its time to live in milliseconds, the end of the lease on it or
-- nil, those of its fields and values that are not larger than that}, or nil when there is no such job.
--@include keys
--@include clock
--@include lease

-- What one answer carries beside its last entry, about.
local room = 4 * 1024 * 1024
local LONG, LONGEST, LONGEST_NAME = { data = true, dependency_ids = true }, 65536, 64
-- Of names and values together: no job has as many fields.
local MOST_SHOWN = 400
local largest = tonumber(ARGV[2])

local function lease_end(fields)
  if fields.status ~= 'started' or not fields.execution_id then return false end
  local wip = registry_key('wip', fields.origin or '')
  local found = redis.pcall('ZSCORE', wip, lease_member(fields.id, fields.execution_id))
  return type(found) == 'string' and score(tonumber(found) - GRACE) or false
end

local function read(id)
  local hash = redis.pcall('HGETALL', job_key(id))
  -- What has another type under its key is no job, and disturbs no other.
  if hash.err or #hash == 0 then return false end
  local fields, shown = { id = id }, {}
  for i = 1, #hash, 2 do
    local name, value = hash[i], hash[i + 1]
    if #name <= LONGEST_NAME and #value <= (LONG[name] and largest or LONGEST) and #shown < MOST_SHOWN then
      room = room - #value
      shown[#shown + 1] = name
      shown[#shown + 1] = value
      if name ~= 'id' then fields[name] = value end
    end
  end
  return { redis.call('PTTL', job_key(id)), lease_end(fields), shown }
end

local answers = {}
for i = 3, #ARGV do
  if room <= 0 then break end
  answers[#answers + 1] = read(ARGV[i])
end
return answers
