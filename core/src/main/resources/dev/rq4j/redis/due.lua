#!lua flags=no-writes
-- Says what is due, and when the next thing will be.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2...] -> the queues
--
-- Returns in milliseconds from now, 0 or less for what is due and nil for nothing: the next deadline, the next turn of
-- a key, the next parent to go on with, the next run of cron, and the next scheduled job of each queue.
--@include keys
--@include clock

local function next_of(set)
  local first = redis.pcall('ZRANGE', set, 0, 0, 'WITHSCORES')
  -- What others put off for ever would be too large an answer, and come out as long past.
  return first[2] and math.ceil(math.min(tonumber(first[2]) - NOW, A_MILLENNIUM) * 1000) or false
end

local unresolved = redis.call('EXISTS', RESOLVING) == 1 and 0 or false
local answers = { next_of(DEADLINES), next_of(RATES), unresolved, next_of(CRON) }
for i = 2, #ARGV do answers[#answers + 1] = next_of(registry_key('scheduled', ARGV[i])) end
return answers
