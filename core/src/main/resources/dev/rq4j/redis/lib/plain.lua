-- Makes jobs of which nothing is asked but a queue, as most are, all of them together: that takes few commands.
--@include event
--@include together
--@include write

-- Returns where the jobs begin that stand in ARGV from here on, or nil when they are too many or one asks for more.
local function plain_ones(at)
  local begins = {}
  while ARGV[at] do -- bounded by ARGV
    if ARGV[at + 2] ~= '2' or #begins == MOST_TOGETHER then return nil end
    begins[#begins + 1] = at
    at = at + 6 + tonumber(ARGV[at + 5])
  end
  return begins
end

-- Returns whether nobody has heard of any of these jobs: none is named twice, is there, or was a moment ago.
local function are_new(begins)
  local seen, keys, names = {}, {}, {}
  for i, at in ipairs(begins) do
    local id, token = ARGV[at], ARGV[at + 1]
    if seen[id] then return false end
    seen[id], keys[i], names[i] = true, job_key(id), token == '' and id or token
  end
  if redis.call('EXISTS', TOMBSTONES, WATCHED, unpack(keys)) == 0 then
    watched = false
    return true
  end
  if redis.call('EXISTS', unpack(keys)) > 0 then return false end
  for _, entombed in ipairs(redis.call('ZMSCORE', TOMBSTONES, unpack(names))) do
    if entombed then return false end
  end
  return true
end

-- Makes them. Their queues first: keys of the wrong type are met before anything is written.
local function make_together(begins)
  local lists = {}
  for _, at in ipairs(begins) do
    local queue = ARGV[at + 4]
    if not lists[queue] then
      redis.call('LLEN', queue_key(queue))
      lists[queue] = {}
    end
    lists[queue][#lists[queue] + 1] = ARGV[at]
  end
  for queue, ids in pairs(lists) do
    redis.call('SADD', QUEUES, queue_key(queue))
    redis.call('RPUSH', queue_key(queue), unpack(ids))
  end
  for _, at in ipairs(begins) do
    write_hash(ARGV[at], ARGV[at + 1], 'queued', at + 6, at + 5 + ARGV[at + 5])
    happened(ARGV[at + 4], ARGV[at], 'queued')
  end
end
