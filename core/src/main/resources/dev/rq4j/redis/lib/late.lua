-- Attempts at a request that come after one that was sent later: what TCP does with bytes of a connection that was given
-- up. Nobody hears the answer, and what was asked for may have been undone since.

-- Returns whether an attempt, counted from 1, is one of these. The latest that is remembered is looked up unless the
-- caller knows, by false that there is none. Most requests leave no trace of this: only an attempt that is not the first
-- is remembered, for as long as tombstones are.
local function comes_late(token, attempt, latest)
  if latest == nil then latest = redis.call('GET', attempt_key(token)) end
  attempt, latest = tonumber(attempt), tonumber(latest or 1)
  if attempt > latest then redis.call('SET', attempt_key(token), attempt, 'EX', TOMBSTONE_SECONDS) end
  return attempt < latest
end
