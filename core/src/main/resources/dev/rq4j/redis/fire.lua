#!lua
-- Makes the runs of a cron entry that are due, a job each, unless somebody has: the entry must be the one that the jobs
-- were made for, and still be due at the same time. Or runs an entry out of turn.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the entry
-- ARGV[3] -> the generation of the entry that the jobs were made for
-- ARGV[4] -> when it was found due, in seconds; '' to run it out of turn
-- ARGV[5] -> the next run in seconds
-- ARGV[6] -> the newest run that a job is made for, in seconds
-- ARGV[7...] -> the jobs, as lib/create.lua reads them
--
-- Returns {1, the last job} if that is done, where there may be no job; {2, id} if instead of the last job another is
-- there, which has its unique key; {0} if the entry is gone, was put anew or has had its run.
local JOBS = 7
--@include keys
--@include clock
--@include status
--@include retention
--@include create

local HISTORY = 1000

local function goes_on(id)
  local status = redis.pcall('HGET', job_key(id), 'status')
  return WAITS[status] or status == 'started'
end

local name, due = ARGV[2], ARGV[4]
local key, history = cron_key(name), cron_jobs_key(name)
local generation, overlap, last = unpack(redis.call('HMGET', key, 'generation', 'overlap', 'last_job'))
if not generation then
  -- Listed and not there.
  redis.call('ZREM', CRON, name)
  return { 0 }
end
if due == '' then
  if type(redis.pcall('ZSCORE', history, ARGV[JOBS])) == 'string' then return { 1, ARGV[JOBS] } end
else
  local listed = tonumber(redis.call('ZSCORE', CRON, name) or nil)
  if not listed or math.abs(listed - tonumber(due)) > 0.0005 then return { 0 } end
end
if generation ~= ARGV[3] then return { 0 } end

local made, skipped, taken = {}, 0, nil
if due ~= '' and overlap == 'skip' and last and goes_on(last) then
  skipped = ARGV[JOBS] and 1 or 0
else
  local answer, at = nil, JOBS
  while at <= #ARGV do -- bounded by ARGV
    local id = ARGV[at]
    answer, at = create(at)
    taken = answer ~= CREATED and answer[2] or nil
    if taken then
      skipped = skipped + 1
    else
      made[#made + 1] = id
    end
  end
end
if due ~= '' then
  redis.call('ZADD', CRON, ARGV[5], name)
  redis.call('HDEL', key, 'planned')
end
-- What is only shown keeps no entry from running, whatever somebody else may have put there.
if skipped > 0 and not (ARGV[JOBS] and entombed(lease_member(ARGV[JOBS], 'skipped'))) then
  redis.pcall('HINCRBY', key, 'skipped', skipped)
  if due == '' then entomb(lease_member(ARGV[JOBS], 'skipped')) end
end
if #made > 0 then
  redis.call('HSET', key, 'last_job', made[#made], 'last_run', ARGV[6])
  redis.pcall('HINCRBY', key, 'runs', #made)
  for i, id in ipairs(made) do redis.pcall('ZADD', history, string.format('%.6f', NOW + i / 1000000), id) end
  redis.pcall('ZREMRANGEBYRANK', history, 0, -HISTORY - 1)
  redis.pcall('EXPIRE', history, A_YEAR)
end
return taken and { 2, taken } or { 1, made[#made] }
