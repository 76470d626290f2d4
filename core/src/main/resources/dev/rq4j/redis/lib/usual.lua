-- Ends runs well of jobs with whose end nobody has to do, as most are: together that takes few commands. Who includes
-- it also includes settle, outcome and event before, and has
-- RUNS -> how many runs there are
-- run(n) -> the queue, job, execution, worker, start, end, default time to live and value of the nth
-- answers -> a table, which is given the answers

-- How long those are kept, by the number of the run.
local kept = {}

-- The jobs that were looked at.
local seen = {}

-- Remembers for how long the job of a run is kept, unless there is more to its end than that. What is soon gone is
-- remembered beyond that, and nothing was that another has under its key. Of several runs of one job the first may be
-- usual: what it leaves to the others, nobody knows yet.
local function look_for_usual(n)
  local _, id, _, _, _, _, usual_ttl = run(n)
  if seen[id] then return end
  seen[id] = true
  local found = redis.pcall('HMGET', job_key(id), 'status', 'result_ttl', 'repeats_left', 'rate_limit_key', 'unique_key',
    'group_id')
  if found[1] ~= 'started' or found[3] or found[4] or found[5] or found[6] then return end
  local ttl = ttl_of(found[2], usual_ttl)
  if ttl < 0 or ttl >= TOMBSTONE_SECONDS then kept[n] = ttl end
end

-- Returns the keys that most jobs do not have while they run.
local function seldom_keys(n)
  local _, id = run(n)
  return results_key(id), log_key(id), dependencies_key(id), dependents_key(id)
end

-- Returns whether none of these is there.
local function are_absent(keys)
  for from = 1, #keys, MOST_TOGETHER do
    if redis.call('EXISTS', together(keys, from)) > 0 then return false end
  end
  return true
end

local function leave_out_those_with_more()
  local keys = {}
  for n in pairs(kept) do
    local at = #keys
    keys[at + 1], keys[at + 2], keys[at + 3], keys[at + 4] = seldom_keys(n)
  end
  if are_absent(keys) then return end
  for n in pairs(kept) do
    if redis.call('EXISTS', seldom_keys(n)) > 0 then kept[n] = nil end
  end
end

-- The jobs that have ended, by how long they are kept and their registry.
local finished = {}

local function list_later(registry, id, ttl)
  finished[ttl] = finished[ttl] or {}
  finished[ttl][registry] = finished[ttl][registry] or {}
  local ids = finished[ttl][registry]
  ids[#ids + 1] = id
end

local function end_usual(n, ttl)
  local queue, id, execution, worker, started, ended_at, _, value = run(n)
  -- What is no registry of leases is an error after these have been listed.
  if redis.pcall('ZREM', registry_key('wip', queue), lease_member(id, execution)) ~= 1 then return nil end
  happened(queue, id, 'finished')
  redis.call('HSET', job_key(id), 'status', 'finished', 'ended_at', shown_now())
  record_first(id, ttl, 1, worker, 'return_value', value, execution, started, ended_at)
  keep(job_key(id), ttl)
  list_later(registry_key('finished', queue), id, ttl)
  announce(id, value == '' and 'N' or 'V', value, ttl)
  return SETTLED
end

-- Ends those of the runs that it can, puts down the answers to these, and returns the others.
local function end_usual_ones()
  local others = {}
  for n = 1, RUNS do look_for_usual(n) end
  leave_out_those_with_more()
  for n = 1, RUNS do
    answers[n] = kept[n] and end_usual(n, kept[n])
    if not answers[n] then others[#others + 1] = n end
  end
  for ttl, lists in pairs(finished) do
    for registry, ids in pairs(lists) do enlist_all(registry, ids, ttl) end
  end
  return others
end
