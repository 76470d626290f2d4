-- Which jobs a group has. Its set keeps for some minutes the ids of jobs that are gone, and such an id may be that of
-- another job by then.

-- Returns the status of a job of this group, '' where it says none; nil when it is gone.
local function status_in(group, id)
  local found = redis.pcall('HMGET', job_key(id), 'status', 'group_id')
  return not found.err and found[2] == group and (found[1] or '') or nil
end
