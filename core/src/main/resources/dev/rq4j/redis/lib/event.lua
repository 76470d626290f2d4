-- Tells those who watch a queue what happens to its jobs. Nobody pays while nobody watches.
--@include tell
local watched = nil

local function happened(queue, id, what, detail)
  if watched == nil then watched = redis.call('EXISTS', WATCHED) == 1 end
  if watched then tell(events_channel(queue), what .. ' ' .. id .. (detail and ' ' .. detail or '')) end
end
