-- The server's clock, read once: the only one that decides anything.
local TIME = redis.call('TIME')
local SECONDS, MICROS = tonumber(TIME[1]), tonumber(TIME[2])
local NOW_MICROS = SECONDS * 1000000 + MICROS
local NOW = NOW_MICROS / 1000000

-- Scores keep milliseconds; Lua's own rendering would cut them.
local function score(seconds) return string.format('%.3f', seconds) end

-- Returns a time as the fields of a job show it. The days are counted in years that begin in March.
local function shown(seconds, micros)
  local floor, rest = math.floor, seconds % 86400
  local day = (seconds - rest) / 86400 + 719468
  local doe = day % 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  local march = floor((5 * doy + 2) / 153)
  local month = march < 10 and march + 3 or march - 9
  local year = yoe + (day - doe) / 146097 * 400 + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%06dZ', year, month, doy - floor((153 * march + 2) / 5) + 1,
    floor(rest / 3600), floor(rest / 60) % 60, rest % 60, micros)
end

local now_shown = nil

local function shown_now()
  now_shown = now_shown or shown(SECONDS, MICROS)
  return now_shown
end
