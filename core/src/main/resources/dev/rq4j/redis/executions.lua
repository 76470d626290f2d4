#!lua flags=no-writes
-- Lists a page of what runs of a queue. An entry may come twice, and what runs all the time that it takes comes.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> where to go on: '0' at first
-- ARGV[4] -> about how many
--
-- Returns {where to go on, '0' at the end, then for each {job, execution or '', end of the lease, worker, started_at}}.
--@include keys
--@include clock
--@include lease

local page = redis.call('ZSCAN', registry_key('wip', ARGV[2]), ARGV[3], 'COUNT', ARGV[4])
local answer = { page[1] }
for i = 1, #page[2], 2 do
  local id, execution = string.match(page[2][i], '^([^:]*):?(.*)$')
  -- An error, where the key is no job, has none of these.
  local status, last, worker, started =
    unpack(redis.pcall('HMGET', job_key(id), 'status', 'execution_id', 'worker_name', 'started_at'))
  local ours = is_ours(execution)
  -- An entry of ours that has lost its job is only yet to be taken off.
  if not ours or (status == 'started' and last == execution) then
    local ends = tonumber(page[2][i + 1]) - (ours and GRACE or 0)
    answer[#answer + 1] = { id, execution, score(ends), worker or false, started or false }
  end
end
return answer
