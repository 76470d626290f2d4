-- For how long a new job waits at most.
--@include wishes

-- Lets the job wait no longer than this. It is looked at then; the time to live is for when nobody looks.
local function limit_waiting(id, ttl)
  local left = math.ceil(ttl) + 60
  redis.call('HSET', job_key(id), 'expires_at', score(NOW + ttl))
  look_again(id, NOW + ttl)
  for _, key in ipairs(keys_of(id)) do redis.call('EXPIRE', key, left) end
  -- Those who waited for a job that this one has replaced, or wait for one that is given back. Python deletes such jobs
  -- without a word: what is written of one that is gone would stay for ever.
  for _, dependent in ipairs(redis.call('SMEMBERS', dependents_key(id))) do
    if redis.pcall('HGET', job_key(dependent), 'status') == 'deferred' then
      fear_for(dependent, id, left)
    else
      redis.call('SREM', dependents_key(id), dependent)
    end
  end
end
