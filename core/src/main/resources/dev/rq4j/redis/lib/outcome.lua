-- Tells those who wait for the outcome of a job. Small values travel with the message; what is retained and large is
-- read by whoever needs it. A message is a letter, the job, a colon, and for V and F the field of the result entry:
-- N finished with nothing, V finished with a value, F failed, S stopped, C canceled, D deleted, X expired, R ended:
-- read it.
--@include tell
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
