#!lua flags=no-writes
-- Reads jobs, as many of them as fit into one answer.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2...] -> the jobs
--
-- Returns for each of the first of them, one at least, {its time to live in milliseconds, the end of the lease on it or
-- nil, its fields and values}, or nil when there is no such job.
--@include keys
--@include clock
--@include lease

-- What one answer carries beside its last entry, about.
local room = 4 * 1024 * 1024

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
  local fields = { id = id }
  for i = 1, #hash, 2 do
    room = room - #hash[i + 1]
    if hash[i] ~= 'id' then fields[hash[i]] = hash[i + 1] end
  end
  return { redis.call('PTTL', job_key(id)), lease_end(fields), hash }
end

local answers = {}
for i = 2, #ARGV do
  if room <= 0 then break end
  answers[#answers + 1] = read(ARGV[i])
end
return answers
