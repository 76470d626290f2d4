-- KEYS[1], [2] -> the queue, its registry of what runs
-- ARGV[1], [2], [3] -> how many, the end of the lease, the time
local ids = redis.call('LPOP', KEYS[1], ARGV[1])
if not ids then return {} end
local claims = {}
for i, id in ipairs(ids) do
  local job = 'rq:job:' .. id
  redis.call('ZADD', KEYS[2], ARGV[2], id)
  redis.call('HSET', job, 'status', 'started', 'started_at', ARGV[3], 'worker_name', 'floor')
  claims[2 * i - 1] = id
  claims[2 * i] = redis.call('HGET', job, 'data')
end
return claims
