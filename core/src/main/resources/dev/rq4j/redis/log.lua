#!lua
-- Adds a line to the log of a running job, if the execution still holds it.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2], [3], [4] -> queue, job, execution
-- ARGV[5] -> a random tag, by which the line is known when it is sent again
-- ARGV[6] -> the line
-- ARGV[7] -> how many lines are kept, the newest
-- ARGV[8] -> for how many seconds they are kept if the job, deleted by Python, leaves them behind
-- ARGV[9] -> which attempt at this request this is, from 1
--
-- Returns 1, or 0 if the lease is lost.
--@include keys
--@include late
--@include clock
--@include lease

local queue, id, execution, tag = ARGV[2], ARGV[3], ARGV[4], ' ' .. ARGV[5] .. ' '
local log = log_key(id)

local function repeated()
  if ARGV[9] == '1' then return false end
  for _, line in ipairs(redis.call('LRANGE', log, 0, -1)) do
    if string.find(line, tag, 1, true) then return true end
  end
  return false
end

if comes_late(ARGV[5], ARGV[9]) then return 0 end
-- What runs has not ended: its end gives the log the time to live that the job has.
if not runs(queue, id, execution) then return 0 end
if repeated() then return 1 end
redis.call('RPUSH', log, string.format('%.6f', NOW) .. tag .. ARGV[6])
redis.call('LTRIM', log, -tonumber(ARGV[7]), -1)
redis.call('EXPIRE', log, ARGV[8])
return 1
