-- Tells those who wait for the outcome of a job. Small values travel with the message; what is retained and large is
-- read by whoever needs it. A message is a letter, the job, a colon, and for V and F the field of the result entry:
-- N finished with nothing, V finished with a value, F failed, S stopped, C canceled, D deleted, X expired, R ended:
-- read it.
--@include tell
--@include together
local INLINE = 8192

-- A job has a channel of its own, but those that one client drew the ids of to await them, UUIDs of version 8 that begin
-- alike, have one together: who has subscribed to it once, has not to subscribe for each. As in OutcomeChannels.java.
local function party_of(id)
  return string.byte(id, 15) == 56 and string.match(id, '^(%x%x%x%x%x%x%x%x)%-%x%x%x%x%-8') or id
end

local function channel_of(id) return outcome_channel(party_of(id)) end

local function announce(id, letter, field, ttl)
  if field ~= '' and #field > INLINE and ttl ~= 0 then
    letter, field = 'R', ''
  end
  tell(channel_of(id), letter .. id .. ':' .. field)
end

local function announce_value(id, value, ttl) announce(id, value == '' and 'N' or 'V', value, ttl) end

-- So few jobs are told of sooner than somebody is looked for who waits for them.
local FEW = 2

-- Returns the jobs of which somebody may hear; nil where these are few, or that cannot be told. Counted are those who hear
-- this server: in a cluster, or for somebody who hears a replica, all would have to be told of.
local function heard_of(ids)
  if #ids <= FEW or redis.pcall('PUBSUB', 'NUMPAT') ~= 0 then return nil end
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
