#!lua flags=allow-oom
-- Takes the turns at the duties of queues that nobody has, and renews those that one has. One that comes late may give
-- a turn to somebody who has gone: it is over by itself.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> a token of who asks
-- ARGV[3] -> for how many milliseconds
-- ARGV[4...] -> the queues
--
-- Returns for each queue 1 if the turn is theirs, 0 if another has it.
--@include keys

local answers, turn = {}, tonumber(ARGV[3])

-- Returns whether another has the turn. What nobody of ours has written, of another type or without an end, keeps
-- nobody from the duties; nor does a turn that ends later than any does, since the clock went back.
local function is_taken(key)
  local holder = redis.pcall('GET', key)
  if type(holder) ~= 'string' or holder == ARGV[2] then return false end
  local left = redis.call('PTTL', key)
  return left > 0 and left <= turn
end

for i = 4, #ARGV do
  local key = queue_turn_key(ARGV[i])
  if is_taken(key) then
    answers[#answers + 1] = 0
  else
    redis.call('SET', key, ARGV[2], 'PX', turn)
    answers[#answers + 1] = 1
  end
end
return answers
