-- Ends runs well of jobs with whose end nobody has to do, as most are: together that takes few commands. It stands in no
-- functions: each would take hold, whenever it is defined, of all that it names. Who includes it also includes record,
-- outcome and event before, and has
-- RUNS -> how many runs there are
-- MOST_USUAL -> how many of these it may look at, from the first on
-- run(n) -> the queue, job, execution, default time to live and entry of the nth
-- answers -> a table, which is given the answers to those that it ended
-- It leaves behind
-- others -> the numbers of the runs that it did not end

-- For how long each job is kept, by the number of its run, unless there is more to its end than that. What is soon gone is
-- remembered beyond that, and nothing was that another has under its key. Of several runs of one job the first may be
-- usual: what it leaves to the others, nobody knows yet.
-- Whether anybody watches is looked up with the rest.
local kept, keys, seen, further = {}, {}, {}, { WATCHED }
for n = 1, MOST_USUAL do
  local _, id, _, usual_ttl = run(n)
  if not seen[id] then
    seen[id] = true
    keys[n] = job_key(id)
    local found = redis.pcall('HMGET', keys[n], 'status', 'result_ttl', 'repeats_left', 'rate_limit_key', 'unique_key',
      'group_id')
    if found[1] == 'started' and not (found[3] or found[4] or found[5] or found[6]) then
      local ttl, at = ttl_of(found[2], usual_ttl), #further
      if ttl < 0 or ttl >= TOMBSTONE_SECONDS then
        kept[n] = ttl
        further[at + 1], further[at + 2], further[at + 3] = further_keys(id)
      end
    end
  end
end

-- Those with more keys than two are left out.
for from = 1, #further, MOST_TOGETHER do
  local there = redis.call('EXISTS', together(further, from))
  if from == 1 then
    watched = there > 0 and redis.call('EXISTS', WATCHED) == 1
    if watched then there = there - 1 end
  end
  if there > 0 then
    for n in pairs(kept) do
      local _, id = run(n)
      if has_more(id) then kept[n] = nil end
    end
    break
  end
end

-- So are those who lost their lease, and who names a registry that is none: that is an error for him alone. The leases of
-- those that are left, by their registries.
local leases, named, numbers = {}, {}, {}
for n in pairs(kept) do
  local queue, id, execution = run(n)
  local wip = registry_key('wip', queue)
  if not named[wip] then named[wip], numbers[wip], leases[wip] = {}, {}, {} end
  local at = #named[wip] + 1
  named[wip][at], numbers[wip][at] = lease_member(id, execution), n
end
for wip, members in pairs(named) do
  if not members[2] then
    -- A lone lease is looked up by giving it up: ZREM says whether there was one.
    if redis.pcall('ZREM', wip, members[1]) ~= 1 then kept[numbers[wip][1]] = nil end
    members = {}
  end
  for from = 1, #members, MOST_TOGETHER do
    local held = redis.pcall('ZMSCORE', wip, together(members, from))
    for i = from, math.min(from + MOST_TOGETHER - 1, #members) do
      if held[i - from + 1] then
        table.insert(leases[wip], members[i])
      else
        kept[numbers[wip][i]] = nil
      end
    end
  end
end

-- The jobs that have ended, and the same by how long they are kept and their registry.
local done, finished, others = {}, {}, {}
for n = 1, RUNS do
  local ttl = kept[n]
  if ttl then
    local queue, id, _, _, entry = run(n)
    happened(queue, id, 'finished')
    redis.call('HSET', keys[n], 'status', 'finished', 'ended_at', shown_now())
    record_dumped(id, entry, ttl)
    keep(keys[n], ttl)
    local registry = registry_key('finished', queue)
    finished[ttl] = finished[ttl] or {}
    finished[ttl][registry] = finished[ttl][registry] or {}
    table.insert(finished[ttl][registry], id)
    done[#done + 1] = id
    answers[n] = SETTLED
  else
    others[#others + 1] = n
  end
end
for wip, members in pairs(leases) do give_up_leases(wip, members) end
for ttl, lists in pairs(finished) do
  for registry, ids in pairs(lists) do enlist_all(registry, ids, ttl) end
end

-- Who may hear of them: all, where so few are told of sooner than somebody is looked for.
local heard = nil
if #done > 2 then
  --@include heard
  heard = heard_of(done)
end
for n = 1, RUNS do
  local _, id, _, _, entry = run(n)
  if kept[n] and (heard == nil or heard[id]) then announce_value(id, value_in(entry), kept[n]) end
end
