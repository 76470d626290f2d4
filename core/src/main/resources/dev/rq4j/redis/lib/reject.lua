-- Fails a job that cannot be done as others have written it, without a run.
--@include settle
--@include outcome
--@include event

-- The reasons recorded, compressed and in base64 as every reason is: the id cannot stand in a registry of leases, the
-- fields cannot be read, nobody knows of which queue it is.
local BAD_ID =
  'eNodjDEOwjAQwL7iB5AqsNGNPzCxoKQErghy0uUipL6ewGjZ8lkK6w2947I2npp59+bkwh5XDjH+5ClcSGEjhiNXwo7cndG/tD6KoYakhroMWCRZWrxYm8e0/J+fYas61uv0BSCoJSI='
local BAD_FIELDS =
  'eNodiNsNgDAIRVe5AxgHcA8HoIoBYyEpGOP22n6dx2rtNqNy8YJHKJHCEAqBH79r4PSCoDf60AykVp6GXVo7vI2KpGRsZOaJwmhM+/wBblsh/g=='
local NO_QUEUE =
  'eNoljMsNgDAMxVZ5AyAGYAgkRggibYMgEU166Pb8jpZsz7Y0bjwhCiMJHxusShaFJRB2W3E2DyidDAnH9eoD1hZw6g61KKJ5AOn2ACpn8aj97z8bhfz7P7fxBvCSJ/4='

local function reject(queue, id, worker, reason)
  redis.call('HSET', job_key(id), 'status', 'failed', 'ended_at', shown_now())
  record(id, 2, worker, 'exc_string', reason, '', score(NOW), score(NOW))
  expire(id, A_YEAR)
  if queue ~= '' then enlist(registry_key('failed', queue), id, A_YEAR) end
  announce(id, 'F', reason, A_YEAR)
  happened(queue, id, 'failed')
end
