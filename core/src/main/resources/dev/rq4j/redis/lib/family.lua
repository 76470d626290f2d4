-- Makes any new job there may be: jobs that come together are all decided on before the first is made.
--@include judge
--@include make

-- Returns the answer to the next job in ARGV, of those that come together as of others.
local function make_one(new)
  if not new.ask.with then decide(new) end
  local no = verdicts[new.id]
  if not no then make(new) end
  return no or CREATED
end
