#!lua flags=allow-oom
-- Gives up the turns at the duties of queues that one has, and wakes those who wait for them.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> a token of who has them
-- ARGV[3] -> the message that wakes the others
-- ARGV[4...] -> the queues
--
-- Returns how many it gave up.
--@include keys
--@include tell

local left = 0
for i = 4, #ARGV do
  local key = queue_turn_key(ARGV[i])
  if redis.pcall('GET', key) == ARGV[2] then left = left + redis.call('DEL', key) end
end
if left > 0 then tell(WAKE, ARGV[3]) end
return left
