-- Makes the jobs that follow upon the end of another, in the same step.
--@include create

local function follow(at)
  while at <= #ARGV do
    local answer
    answer, at = create(at, 1)
  end
end
