#!lua flags=no-writes
-- Says who holds a unique key.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the key
--
-- Returns {the job}, or an empty list when the key is free.
--@include keys
--@include unique

return { holder_of(ARGV[2]) }
