-- Tells those who wait for the outcome of a job. Small values travel with the message; what is retained and large is
-- read by whoever needs it. A message is a letter, and for V and F the field of the result entry:
-- N finished with nothing, V finished with a value, F failed, S stopped, C canceled, D deleted, X expired, R ended:
-- read it.
--@include tell
local INLINE = 8192

local function announce(id, letter, field, ttl)
  if field ~= '' and #field > INLINE and ttl ~= 0 then
    letter, field = 'R', ''
  end
  tell(outcome_channel(id), letter .. field)
end
