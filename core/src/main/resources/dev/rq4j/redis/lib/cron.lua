-- Cron entries are listed by their next run.
--@include clock
--@include tell

-- The score of an entry that is paused: it stays listed, and no run is as late as this, the year 9999.
local NEVER = 253370764800

local function list_entry(name, next_run)
  redis.call('ZADD', CRON, next_run, name)
  -- Whoever looks every second finds what is further off.
  if tonumber(next_run) < NOW + 1.5 then tell(WAKE, '') end
end
