-- Tells those who watch a queue what happens to its jobs. Nobody pays while nobody watches, which is looked at once or
-- twice a script; and it never keeps a job from its place.
--@include tell
-- A script that knows may say so.
local watched = nil

-- Publishes a word of JobEvent and the job, and a detail if there is one.
local function happened(queue, id, what, detail)
  if watched == nil then watched = redis.pcall('EXISTS', WATCHED) == 1 end
  if watched then tell(events_channel(queue), what .. ' ' .. id .. (detail and ' ' .. detail or '')) end
end
