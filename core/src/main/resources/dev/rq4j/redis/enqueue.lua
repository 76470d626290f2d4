#!lua
-- Puts new jobs where they belong: into their queues, or among those that wait for their time, for other jobs, or for
-- their key. An id that exists is left alone unless it may be replaced; a repetition of the same request, sent again
-- because its answer was lost, is answered as the first was.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2...] -> the jobs, as lib/create.lua reads them
--
-- Returns for each job as create does.
local JOBS = 2
--@include keys
--@include plain

local answers, plain = {}, plain_ones(JOBS)
if plain and are_new(plain) then
  make_together(plain)
  for i = 1, #plain do answers[i] = 1 end
else
  --@include create
  local at = JOBS
  while at <= #ARGV do -- bounded by ARGV
    answers[#answers + 1], at = create(at)
  end
end
return answers
