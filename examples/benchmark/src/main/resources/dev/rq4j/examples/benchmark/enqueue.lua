-- KEYS[1] -> the queue
-- ARGV[1] -> the time
-- ARGV[2...] -> ids and data
for i = 2, #ARGV, 2 do
  redis.call('HSET', 'rq:job:' .. ARGV[i], 'status', 'queued', 'created_at', ARGV[1], 'enqueued_at', ARGV[1],
    'origin', 'benchmark', 'description', 'benchmark.order', 'timeout', '-1', 'data', ARGV[i + 1])
  redis.call('RPUSH', KEYS[1], ARGV[i])
end
return 1
