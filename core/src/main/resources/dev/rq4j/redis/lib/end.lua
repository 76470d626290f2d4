-- What follows when a job has ended or is gone, which for most jobs is nothing.
--@include job
--@include event
--@include retention

-- Returns whether anybody has to do with the end of a job, of which it is known whether it has more keys than two: what
-- it is then, resolve.lua knows.
local function concerns_others(job, more)
  return job.rate_limit_key or job.unique_key or job.group_id
    or more and redis.call('EXISTS', dependents_key(job.id)) == 1
end
