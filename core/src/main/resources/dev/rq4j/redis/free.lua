#!lua flags=allow-oom
-- Frees a unique key by hand, whoever holds it. The job goes its way, and another can take the key.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the key
-- ARGV[3] -> a random token of this request
--
-- Returns 1 if somebody held it, 0 if not.
--@include keys
--@include retention

-- Sent again, or late, it must not take the key from whoever has it since, even if nobody held it the first time.
for answer = 0, 1 do
  if entombed(ARGV[3] .. ':' .. answer) then return answer end
end
local freed = redis.call('DEL', unique_key(ARGV[2]))
entomb(ARGV[3] .. ':' .. freed)
return freed
