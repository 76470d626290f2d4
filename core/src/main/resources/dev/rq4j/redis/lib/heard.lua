-- Looks for those who wait for the outcome of jobs: most have nobody. Who includes it also includes outcome before.
--@include together

-- Returns the jobs of which somebody may hear; nil where that cannot be told. Counted are those who hear this server: in a
-- cluster, or for somebody who hears a replica, all would have to be told of.
local function heard_of(ids)
  if redis.pcall('PUBSUB', 'NUMPAT') ~= 0 then return nil end
  local channels, jobs = {}, {}
  for _, id in ipairs(ids) do
    local channel = channel_of(id)
    if not jobs[channel] then
      jobs[channel] = {}
      channels[#channels + 1] = channel
    end
    table.insert(jobs[channel], id)
  end
  local heard = {}
  for from = 1, #channels, MOST_TOGETHER do
    local counts = redis.pcall('PUBSUB', 'NUMSUB', together(channels, from))
    if counts.err then return nil end
    for i = 1, #counts, 2 do
      for _, id in ipairs(counts[i + 1] > 0 and jobs[counts[i]] or {}) do heard[id] = true end
    end
  end
  return heard
end
