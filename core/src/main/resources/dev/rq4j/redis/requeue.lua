#!lua flags=allow-oom
-- Lets jobs that failed, were stopped or were canceled run once more, with all the retries they had. One that was
-- canceled while it waited for others waits for those of them that are yet to end.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> 1 for the front of their queues
-- ARGV[3] -> which attempt at this request this is, from 1
-- ARGV[4] -> a random token of this request
-- ARGV[5] -> the queue whose jobs they are, in case that they do not say it themselves; '' where that is not known
-- ARGV[6...] -> the jobs
--
-- Returns for each 1 if it waits again, its status if that is another, {id} of the job that has its unique key by now,
-- 0 if nobody knows its queue, or nil if there is no such job.
--@include keys
--@include place
--@include numbers
--@include unique
--@include defer
--@include ancestors
--@include followers
--@include late

local REGISTRY = { failed = 'failed', stopped = 'failed', canceled = 'canceled' }

-- For all that is asked by way of the parents of jobs that too many wait for.
local budget = { left = MOST_LINKS }

-- Returns those parents of a job that are yet to end, and whether the first is among them. It runs whatever the others
-- did, and does not wait for those that have come to wait for it. Those are looked for among its followers, which are
-- few, however many its parents wait for.
local function parents_ahead(job)
  local first, list = unpack(redis.call('HMGET', job_key(job.id), 'dependency_id', 'dependency_ids'))
  local read, parents = pcall(cjson.decode, list or '')
  local followers, ahead, conditional = followers_of(job.id), {}, false
  for _, parent in ipairs(read and type(parents) == 'table' and parents or {}) do
    parent = tostring(parent)
    local status = redis.pcall('HGET', job_key(parent), 'status')
    local to_end = type(status) == 'string' and not ENDED[status]
    if status == 'deferred' and followers then
      to_end = not followers[parent]
    elseif status == 'deferred' then
      to_end = is_among(job.id, { parent }, {}, {}, budget) == false
    end
    if to_end then
      ahead[#ahead + 1] = parent
      conditional = conditional or parent == first
    end
  end
  return ahead, conditional
end

local function requeue(id)
  -- Sent again: the job may have run and failed since.
  local done = lease_member(id, ARGV[4])
  if entombed(done) then return 1 end
  local job = look(id)
  if not job then return false end
  local registry = REGISTRY[job.status]
  if not registry then return job.status or '' end
  local holder = job.unique_key and holder_of(job.unique_key)
  if holder and holder ~= id then return { holder } end
  local ahead, conditional = {}, true
  if job.status == 'canceled' then ahead, conditional = parents_ahead(job) end
  if job.origin == '' then
    job.origin = ARGV[5] ~= '' and ARGV[5] or queue_that_lists(registry, id)
    if not job.origin then return 0 end
  end
  -- Meets what is not a list before anything is written.
  redis.call('LLEN', queue_key(job.origin))
  redis.call('ZREM', registry_key(registry, job.origin), id)
  for _, key in ipairs(keys_of(id)) do redis.call('PERSIST', key) end
  local failures = count_of(redis.call('HGET', job_key(id), 'failures'))
  if job.retries_left and failures > 0 then
    redis.call('HSET', job_key(id), 'retries_left', count_of(job.retries_left) + failures)
  end
  redis.call('HSET', job_key(id), 'origin', job.origin, 'started_at', '', 'ended_at', '', 'worker_name', '')
  redis.call('HDEL', job_key(id), 'failures', 'recoveries', 'number_of_retries', 'execution_id', 'not_before',
    'again_at_front', 'expires_at', 'exc_info', 'rate_turn', 'waited_until')
  if job.unique_key then redis.call('SET', unique_key(job.unique_key), id, 'EX', REGISTRY_SLACK) end
  entomb(done)
  if not conditional then redis.call('HDEL', job_key(id), 'run_if') end
  if #ahead > 0 then defer(id, job.origin, ahead) else place(id, ARGV[2] == '1') end
  return 1
end

local answers = {}
if comes_late(ARGV[4], ARGV[3]) then return answers end
for i = 6, #ARGV do answers[#answers + 1] = requeue(ARGV[i]) end
return answers
