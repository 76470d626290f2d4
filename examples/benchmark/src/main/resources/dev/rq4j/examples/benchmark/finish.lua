-- KEYS[1], [2] -> the registry of what runs, that of what has finished
-- ARGV[1], [2], [3] -> job, result, the time
-- ARGV[4], [5] -> how long to keep it, until when that is
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
local job, results = 'rq:job:' .. ARGV[1], 'rq:results:' .. ARGV[1]
redis.call('XADD', results, '*', 'type', '1', 'worker_name', 'floor', 'return_value', ARGV[2])
redis.call('HSET', job, 'status', 'finished', 'ended_at', ARGV[3])
redis.call('EXPIRE', job, ARGV[4])
redis.call('EXPIRE', results, ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
return 1
