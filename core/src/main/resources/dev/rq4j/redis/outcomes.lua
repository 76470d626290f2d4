#!lua flags=no-writes
-- Says which of the jobs that somebody waits for have ended.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2...] -> the jobs
--
-- Returns for each the status, '' when it has none, or nil when there is no such job.
--@include keys

local answers = {}
for i = 2, #ARGV do
  local key = job_key(ARGV[i])
  local status = redis.pcall('HGET', key, 'status')
  -- A key that is no hash is no job, and must not disturb those who wait for others.
  if type(status) == 'table' then status = false
  elseif not status and redis.call('EXISTS', key) == 1 then status = '' end
  answers[#answers + 1] = status
end
return answers
