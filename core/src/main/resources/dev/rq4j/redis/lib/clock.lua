-- The server's clock, read once: the only one that decides anything.
local TIME = redis.call('TIME')
local NOW_MICROS = tonumber(TIME[1]) * 1000000 + tonumber(TIME[2])
local NOW = NOW_MICROS / 1000000

-- Scores keep milliseconds; Lua's own rendering would cut them.
local function score(seconds) return string.format('%.3f', seconds) end

-- Returns a time as the fields of a job show it. The days are counted in years that begin in March.
local function shown(seconds, micros)
  local day, rest = math.floor(seconds / 86400) + 719468, seconds % 86400
  local era = math.floor(day / 146097)
  local doe = day - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local march = math.floor((5 * doy + 2) / 153)
  local month = march < 10 and march + 3 or march - 9
  local year, date = yoe + era * 400 + (month <= 2 and 1 or 0), doy - math.floor((153 * march + 2) / 5) + 1
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%06dZ', year, month, date, math.floor(rest / 3600),
    math.floor(rest / 60) % 60, rest % 60, micros)
end

local now_shown = nil

local function shown_now()
  now_shown = now_shown or shown(TIME[1], TIME[2])
  return now_shown
end
