-- What follows when a job has ended or is gone, which for most jobs is nothing.
--@include job
--@include event
--@include retention

-- To be called as resolve.lua says.
local function concluded(job, how, value, ttl, for_good)
  if job.rate_limit_key or job.unique_key or job.group_id or redis.call('EXISTS', dependents_key(job.id)) == 1 then
    --@include resolve
    ended(job, how, value, ttl, for_good)
  else
    happened(job.origin, job.id, how)
  end
end
