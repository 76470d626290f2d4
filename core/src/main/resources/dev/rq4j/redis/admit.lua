#!lua flags=allow-oom
-- Looks after keys with a limit: what holds room and is gone is passed over, and whoever is next is let through.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> from which cursor on, '0' to begin with
--
-- Returns the next cursor, '0' at the end.
--@include keys
--@include limit

local found = redis.call('SSCAN', LIMITS, ARGV[2], 'COUNT', 100)
for _, key in ipairs(found[2]) do
  -- What cannot be read keeps nobody else waiting.
  if pcall(admit, key) and redis.call('EXISTS', limited_key(key), allowed_key(key)) == 0 then
    redis.call('SREM', LIMITS, key)
    redis.call('DEL', limit_key(key))
  end
end
return { found[1] }
