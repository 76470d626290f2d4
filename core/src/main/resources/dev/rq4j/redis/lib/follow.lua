-- Makes the jobs that follow upon the end of another, from ARGV[JOBS] on, in the same step.
--@include create

local function follow()
  local at = JOBS
  -- bounded by ARGV
  while at <= #ARGV do at = select(2, create(at)) end
end
