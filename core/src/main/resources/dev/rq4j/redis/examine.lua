#!lua flags=allow-oom
-- Looks at some of what is in a namespace, and says what is wrong with it: keys with what they stand for, or a page of
-- the entries of one of them. What Python may just be doing is noted, and wrong when it is found again a minute later.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> keys, or the type of the key whose entries to look at: list, zset or set
-- for keys: ARGV[3...] -> for each: the key, 1 if it was seen in the list of a queue or 0
-- for others: ARGV[3] -> the key
--             ARGV[4] -> where to go on: 0 at first; of a list, how many of the last are passed over
--             ARGV[5] -> about how many
--
-- Returns {where to go on, 0 at the end, and for keys how many were looked at; then for each finding {kind, job or
-- other subject, key, queue, sentence}}.
--@include keys
--@include examine

local answer = { '0' }

-- What cannot be read, a key of the wrong type, say, keeps nothing else from being looked at.
local function tell_of(sound, kind, sentence, subject, key)
  if not sound or not kind then return end
  local queue = redis.pcall('HGET', job_key(subject), 'origin')
  if type(queue) ~= 'string' then
    local sort, owner = place_of(key)
    queue = sort ~= 'dependents' and sort ~= 'held' and owner or ''
  end
  answer[#answer + 1] = { kind, subject, key, queue, sentence }
end

-- Returns how many it has looked at, from the end: fewer than all when it is tired, and may be so.
local function look_at_entries(members, step, may_stop)
  local seen = {}
  for i = #members - step + 1, 1, -step do
    if may_stop and is_tired() then return #members - i end
    local member = members[i]
    local sound, kind, sentence = pcall(of_entry, ARGV[3], member, step == 2 and members[i + 1] or nil)
    if ARGV[2] == 'list' and seen[member] and not kind then
      kind, sentence = 'in_two_places', 'is twice in its list'
    end
    seen[member] = true
    tell_of(sound, kind, sentence, member, ARGV[3])
  end
  return #members
end

if ARGV[2] == 'keys' then
  for i = 3, #ARGV, 2 do
    if is_tired() then
      answer[1] = tostring((i - 3) / 2)
      break
    end
    local sound, kind, sentence, subject = pcall(of_key, ARGV[i], ARGV[i + 1])
    tell_of(sound, kind, sentence, subject, ARGV[i])
  end
elseif redis.call('TYPE', ARGV[3]).ok ~= ARGV[2] then
  return answer
elseif ARGV[2] == 'list' then
  -- From the end, where nothing is taken: whoever goes on misses none that stays.
  local from, count = tonumber(ARGV[4]), tonumber(ARGV[5])
  local members = redis.call('LRANGE', ARGV[3], -from - count, -from - 1)
  local seen = look_at_entries(members, 1, true)
  if seen == count or seen < #members then answer[1] = tostring(from + seen) end
else
  local page = redis.call(ARGV[2] == 'zset' and 'ZSCAN' or 'SSCAN', ARGV[3], ARGV[4], 'COUNT', ARGV[5])
  look_at_entries(page[2], ARGV[2] == 'zset' and 2 or 1)
  answer[1] = page[1]
end
return answer
