-- Lets a job that was under way run again, at once or later.
--@include settle
--@include place

-- Returns how long to wait the nth time, from a JSON list of seconds of which the last one stays; 0 where it says
-- nothing that can be read.
local function interval(list, n)
  local read, intervals = pcall(cjson.decode, list or '')
  if not read or type(intervals) ~= 'table' or #intervals == 0 then return 0 end
  local seconds = tonumber(intervals[math.min(n, #intervals)]) or 0
  return seconds == seconds and math.max(0, math.min(seconds, A_YEAR)) or 0
end

-- Varies a wait by up to this part of it, at random. Scripts always draw the same numbers, so the execution decides.
local function jittered(seconds, jitter, execution)
  local share = math.max(0, math.min(tonumber(jitter or nil) or 0, 1))
  local drawn = tonumber(string.sub(redis.sha1hex(execution), 1, 8), 16) / 4294967295
  return seconds * (1 + share * (2 * drawn - 1))
end

-- Ends the execution, and lets the job run again this many seconds from now, at most ten years: at the front of its
-- queue or at the back; nil is at the back if that is at once, and where it was to go at first if it is later.
local function run_again(job, execution, seconds, front)
  local id = job.id
  seconds = math.min(seconds, 10 * A_YEAR)
  redis.call('HSET', job_key(id), 'origin', job.origin)
  if seconds > 0 then
    redis.call('HSET', job_key(id), 'not_before', score(NOW + seconds))
    if front ~= nil then redis.call('HSET', job_key(id), 'again_at_front', front and 1 or 0) end
  else
    redis.call('HDEL', job_key(id), 'not_before')
  end
  -- It has its new place before it loses the old one: a place that cannot take it loses no job.
  place(id, front)
  redis.call('HDEL', job_key(id), 'execution_id', 'waited_until')
  redis.call('ZREM', registry_key('wip', job.origin), lease_member(id, execution))
  entomb(run_again_by(id, execution))
end
