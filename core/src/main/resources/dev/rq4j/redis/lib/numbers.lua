-- Reads numbers that others may have written: none of them, however absurd, ends a script half-way.

-- Returns how often something was done: 0 where nobody can mean what is there. What is no number (nan) is in no range.
local function count_of(text)
  local count = tonumber(text or nil)
  return count and count >= 0 and count < 2147483648 and math.floor(count) or 0
end

-- Returns a time in seconds, or nil where no clock will ever show it.
local function time_of(text)
  local time = tonumber(text or nil)
  return time and math.abs(time) < 2 * A_MILLENNIUM and time or nil
end
