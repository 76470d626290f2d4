#!lua flags=no-writes
-- Reads entries of a job's history, the newest first. What is larger than it may be stays where it is.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the job
-- ARGV[3] -> where to begin, as XREVRANGE reads it: + for the newest
-- ARGV[4] -> how many entries
-- ARGV[5] -> the largest field of an entry in bytes
-- ARGV[6] -> the largest reason in bytes: of a larger one the first of them
-- ARGV[7] -> the field of the hash to read when there is no entry; '' for none
--
-- Returns for each {its id, names and values, the size of what is too large or 0}.
--@include keys

local largest, largest_reason = tonumber(ARGV[5]), tonumber(ARGV[6])

local function told(id, pairs)
  local fields, too_large = {}, 0
  for i = 1, #pairs, 2 do
    local name, value = pairs[i], pairs[i + 1]
    if name == 'exc_string' or name == 'exc_info' then value = string.sub(value, 1, largest_reason) end
    if #value <= math.max(largest, largest_reason) then
      fields[#fields + 1] = name
      fields[#fields + 1] = value
    else
      too_large = #value
    end
  end
  return { id, fields, too_large }
end

local answers = {}
for _, entry in ipairs(redis.call('XREVRANGE', results_key(ARGV[2]), ARGV[3], '-', 'COUNT', tonumber(ARGV[4]))) do
  answers[#answers + 1] = told(entry[1], entry[2])
end
local kept = #answers == 0 and ARGV[7] ~= '' and redis.call('HGET', job_key(ARGV[2]), ARGV[7])
if kept then answers[1] = told('', { ARGV[7], kept }) end
return answers
