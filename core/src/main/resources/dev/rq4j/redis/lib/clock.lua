-- The server's clock, read once: the only one that decides anything.
local TIME = redis.call('TIME')
local NOW_MICROS = tonumber(TIME[1]) * 1000000 + tonumber(TIME[2])
local NOW = NOW_MICROS / 1000000

-- Scores keep milliseconds; Lua's own rendering would cut them.
local function score(seconds) return string.format('%.3f', seconds) end
