#!lua flags=no-writes
-- Says which of the jobs that somebody waits for have ended.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2...] -> the jobs
--
-- Returns for each the status, or nil when there is no such job.
--@include keys

local answers = {}
for i = 2, #ARGV do
  local status = redis.call('HGET', job_key(ARGV[i]), 'status')
  if not status and redis.call('EXISTS', job_key(ARGV[i])) == 1 then status = '' end
  answers[#answers + 1] = status
end
return answers
