#!lua flags=allow-oom
-- Frees a unique key by hand, whoever holds it. The job goes its way, and another can take the key.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the key
-- ARGV[3] -> a random token of this request
-- ARGV[4] -> which attempt at this request this is, from 1
--
-- Returns 1 if somebody held it, 0 if not.
--@include keys
--@include retention

-- Sent again, it must not take the key from whoever has it since.
if ARGV[4] ~= '1' and entombed(ARGV[3]) then return 1 end
if redis.call('DEL', unique_key(ARGV[2])) == 0 then return 0 end
entomb(ARGV[3])
return 1
