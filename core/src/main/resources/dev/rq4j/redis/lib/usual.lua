-- Ends runs well of jobs with whose end nobody has to do, as most are: together that takes few commands. Who includes
-- it also includes settle, outcome and event before, and has
-- RUNS -> how many runs there are
-- run(n) -> the queue, job, execution, default time to live and entry of the nth
-- answers -> a table, which is given the answers

-- How long those are kept, and their keys, by the number of the run.
local kept, keys = {}, {}

-- The jobs that were looked at.
local seen = {}

-- Remembers for how long the job of a run is kept, unless there is more to its end than that. What is soon gone is
-- remembered beyond that, and nothing was that another has under its key. Of several runs of one job the first may be
-- usual: what it leaves to the others, nobody knows yet.
local function look_for_usual(n)
  local _, id, _, usual_ttl = run(n)
  if seen[id] then return end
  seen[id] = true
  keys[n] = job_key(id)
  local found = redis.pcall('HMGET', keys[n], 'status', 'result_ttl', 'repeats_left', 'rate_limit_key', 'unique_key',
    'group_id')
  if found[1] ~= 'started' or found[3] or found[4] or found[5] or found[6] then return end
  local ttl = ttl_of(found[2], usual_ttl)
  if ttl < 0 or ttl >= TOMBSTONE_SECONDS then kept[n] = ttl end
end

-- Returns whether none of these is there.
local function are_absent(further)
  for from = 1, #further, MOST_TOGETHER do
    if redis.call('EXISTS', together(further, from)) > 0 then return false end
  end
  return true
end

local function leave_out_those_with_more()
  local further = {}
  for n in pairs(kept) do
    local at, _, id = #further, run(n)
    further[at + 1], further[at + 2], further[at + 3] = further_keys(id)
  end
  if are_absent(further) then return end
  for n in pairs(kept) do
    local _, id = run(n)
    if has_more(id) then kept[n] = nil end
  end
end

-- The leases of those that are left, by their registries.
local leases = {}

-- Also who names a registry that is none is left out: that is an error for him alone.
local function leave_out_those_who_lost_it()
  local named, runs = {}, {}
  for n in pairs(kept) do
    local queue, id, execution = run(n)
    local wip = registry_key('wip', queue)
    if not named[wip] then named[wip], runs[wip], leases[wip] = {}, {}, {} end
    local at = #runs[wip] + 1
    named[wip][at], runs[wip][at] = lease_member(id, execution), n
  end
  for wip, members in pairs(named) do
    for from = 1, #members, MOST_TOGETHER do
      local held = redis.pcall('ZMSCORE', wip, together(members, from))
      for i = from, math.min(from + MOST_TOGETHER - 1, #members) do
        if held[i - from + 1] then
          table.insert(leases[wip], members[i])
        else
          kept[runs[wip][i]] = nil
        end
      end
    end
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
  local queue, id, _, _, entry = run(n)
  happened(queue, id, 'finished')
  redis.call('HSET', keys[n], 'status', 'finished', 'ended_at', shown_now())
  record_dumped(id, entry, ttl)
  keep(keys[n], ttl)
  list_later(registry_key('finished', queue), id, ttl)
end

local function tell_of_usual_ones()
  local ids = {}
  for n = 1, RUNS do
    if kept[n] then ids[#ids + 1] = select(2, run(n)) end
  end
  local heard = heard_of(ids)
  for n = 1, RUNS do
    local _, id, _, _, entry = run(n)
    if kept[n] and (heard == nil or heard[id]) then announce_value(id, value_in(entry), kept[n]) end
  end
end

-- Ends those of the runs that it can, puts down the answers to these, and returns the others.
local function end_usual_ones()
  local others = {}
  for n = 1, RUNS do look_for_usual(n) end
  leave_out_those_with_more()
  leave_out_those_who_lost_it()
  for n = 1, RUNS do
    if kept[n] then
      end_usual(n, kept[n])
      answers[n] = SETTLED
    else
      others[#others + 1] = n
    end
  end
  for wip, members in pairs(leases) do give_up_leases(wip, members) end
  for ttl, lists in pairs(finished) do
    for registry, ids in pairs(lists) do enlist_all(registry, ids, ttl) end
  end
  tell_of_usual_ones()
  return others
end
