-- Whether a new job would wait for those that wait for it.

-- Looks through those that a job is to wait for, and those that these wait for, however far off, but for who is passed
-- over: returns why it cannot wait for them, if there is a reason. One step does not look at more links than a job may
-- have parents.
local function looked_through(id, open, passed_over)
  local left = MOST_PARENTS
  while #open > 0 do
    local next = table.remove(open)
    if next == id then return { CIRCLE, id, id } end
    if not passed_over[next] then
      passed_over[next] = true
      local parents = coming[next] or redis.call('SMEMBERS', dependencies_key(next))
      left = left - #parents
      if left < 0 then return { TOO_FAR, id, id } end
      for _, parent in ipairs(parents) do open[#open + 1] = parent end
    end
  end
  return nil
end

-- Returns why a job that others wait for cannot wait for its own parents, or nil.
local function circle(new, replaces)
  local no = looked_through(new.id, named(new.ask), {})
  if no or not new.ask.after_group then return no end
  -- A group may well have the callbacks of the job that is replaced: they go, and nobody asked for them by name.
  local going = {}
  for _, callback in ipairs(replaces and callbacks_of(new.id) or {}) do going[callback] = true end
  return looked_through(new.id, members_of(new), going)
end
