-- So many values one command is given: Lua's stack has its end. It is even, for values that come in pairs.
local MOST_TOGETHER = 1000

-- Returns those of the values that one command is given, from this one on.
local function together(values, from)
  return unpack(values, from, math.min(from + MOST_TOGETHER - 1, #values))
end
