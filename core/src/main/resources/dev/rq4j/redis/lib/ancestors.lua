-- Whom jobs wait for, however far off.

-- One step does not look at more links than a job may have parents.
local MOST_LINKS = 10000

-- Returns whether a job is one of these, or of those that they wait for, but for who is passed over; nil when these are
-- too many to tell. What new jobs will wait for is given, and how many links may be looked at where that is shared by
-- several questions.
local function is_among(id, open, passed_over, coming, budget)
  budget = budget or { left = MOST_LINKS }
  while #open > 0 do -- bounded by the budget
    local next = table.remove(open)
    if next == id then return true end
    if not passed_over[next] then
      passed_over[next] = true
      if budget.left < 0 then return nil end
      local parents = coming[next] or redis.call('SMEMBERS', dependencies_key(next))
      budget.left = budget.left - #parents
      if budget.left < 0 then return nil end
      for _, parent in ipairs(parents) do open[#open + 1] = parent end
    end
  end
  return false
end
