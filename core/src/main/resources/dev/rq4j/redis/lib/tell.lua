-- A user without the right to publish loses the push and not the transition: nothing is to stop half-way.
local function tell(channel, message) redis.pcall('PUBLISH', channel, message) end
