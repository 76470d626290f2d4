-- How long what a job left behind stays. A ttl is in seconds: -1 for ever, 0 not at all.
--@include clock
--@include lease
--@include text
local A_YEAR = 31536000

-- A century, as in Retention.java: Redis refuses an expiry that overflows its clock.
local LONGEST = 3153600000

-- Reads a ttl of the job's hash; what is absent, absurd or no number (nan is not equal to itself) is the default.
local function ttl_of(field, default)
  local ttl = tonumber(field or nil)
  if not ttl or ttl ~= ttl or ttl > LONGEST then ttl = tonumber(default) end
  return ttl < 0 and -1 or math.floor(ttl)
end

-- Jobs whose dependents are not all told how they ended: those stay until they are.
local unresolved = {}
-- How many of them this script has told, in whatever part of it.
local told = 0

local function keys_of(id)
  local keys = { job_key(id), results_key(id), log_key(id), dependencies_key(id), dependents_key(id) }
  if unresolved[id] then keys[#keys] = nil end
  return keys
end

-- Returns the keys that a job can have beside its hash and its history.
local function further_keys(id) return log_key(id), dependencies_key(id), dependents_key(id) end

-- Returns whether it has any of them, as few have.
local function has_more(id) return redis.call('EXISTS', further_keys(id)) > 0 end

-- Remembers something for a minute, in which the request for it may come again.
local function entomb(what)
  redis.call('ZREMRANGEBYSCORE', TOMBSTONES, '-inf', NOW - TOMBSTONE_SECONDS)
  redis.call('ZADD', TOMBSTONES, NOW, what)
  redis.call('EXPIRE', TOMBSTONES, TOMBSTONE_SECONDS)
end

local function entombed(what)
  return redis.call('ZSCORE', TOMBSTONES, what) and true or false
end

-- Remembers that the job was enqueued: by the token of the request where there is one, since an id that was asked for
-- can be asked for again. And the execution that ended it, if it was one.
local function remember(id, execution)
  entomb(redis.call('HGET', job_key(id), 'request_token') or id)
  if execution then entomb(lease_member(id, execution)) end
end

-- Deletes everything of the job and remembers it.
local function forget(id, execution)
  remember(id, execution)
  redis.call('DEL', unpack(keys_of(id)))
end

-- Gives a key the ttl, which is not 0.
local function keep(key, ttl)
  if ttl < 0 then redis.call('PERSIST', key) else redis.call('EXPIRE', key, text_of(ttl)) end
end

-- Gives every key of the job the ttl, which is not 0; whether it has more than two is looked up unless the caller knows.
-- A job that is soon gone is remembered beyond that.
local function expire(id, ttl, execution, more)
  if ttl >= 0 and ttl < TOMBSTONE_SECONDS then remember(id, execution) end
  if more == nil then more = has_more(id) end
  for _, key in ipairs(more and keys_of(id) or { job_key(id), results_key(id) }) do keep(key, ttl) end
end

-- What is left to the registries in which this script has listed a job: none of these leaves them in the same script.
local left_to = {}

-- Lists jobs in a registry until the ttl, which is not 0, is over. A registry of the wrong type keeps no job from ending.
local function enlist_all(registry, ids, ttl)
  local left = left_to[registry] or redis.call('TTL', registry)
  local until_then, entries = ttl < 0 and '+inf' or text_of(math.ceil(NOW + ttl)), {}
  for _, id in ipairs(ids) do
    entries[#entries + 1] = until_then
    entries[#entries + 1] = id
  end
  for from = 1, #entries, MOST_TOGETHER do redis.pcall('ZADD', registry, together(entries, from)) end
  if ttl < 0 then
    if left >= 0 then redis.call('PERSIST', registry) end
    left = -1
  elseif left == -2 or (left >= 0 and left < ttl + REGISTRY_SLACK / 2) then
    left = ttl + REGISTRY_SLACK
    redis.call('EXPIRE', registry, left)
  end
  left_to[registry] = left
end

local function enlist(registry, id, ttl) enlist_all(registry, { id }, ttl) end
