-- Makes the new jobs that begin at ARGV[JOBS], once, however often that is asked for. In ARGV a job is: its id; the token
-- of the request ('' when the id itself is random); how many directives follow, names and values counted; these; how many
-- fields and values of its hash follow; these, or 1 and a dump of all of it, unless it is limited.
--
-- Directives: queue, front, delay and at (milliseconds), ttl (seconds), limited (it needs room or a turn), depends (ids
-- with commas), after_group (depends on all jobs of this group), replace (a waiting job of this id is replaced), unique
-- (a key), unique_ms (for how long it is taken; otherwise until the job has ended), unique_replace (the waiting job
-- that has it is replaced), group, with (an id: it comes with that job, which stands before it, and is not made when
-- that one is not), whole (when it cannot be made, nothing of what it comes with is).
--@include event
--@include write

local CREATED, EXISTS = 1, 0

-- Those of ARGV that were read, by where they begin, and the queues that are in the list of queues.
local parsed, listed = {}, {}

-- Reads the job that begins at ARGV[at].
local function read(at)
  if parsed[at] then return parsed[at] end
  local asked = tonumber(ARGV[at + 2])
  local new = { id = ARGV[at], token = ARGV[at + 1], plain = asked == 2, first = at + 4 + asked, ask = {} }
  for i = at + 3, at + 2 + asked, 2 do new.ask[ARGV[i]] = ARGV[i + 1] end
  new.last = new.first - 1 + tonumber(ARGV[new.first - 1])
  parsed[at] = new
  return new
end

local function write(new, status)
  local queue = new.ask.queue
  write_hash(new.id, new.token, status, new.first, new.last)
  if not listed[queue] then redis.call('SADD', QUEUES, queue_key(queue)) end
  listed[queue] = true
end

-- Returns whether a job is to have a queue and nothing else, and nothing comes with it. Most are so.
local function is_plain(new)
  local next = new.plain and ARGV[new.last + 1] and read(new.last + 1)
  return new.plain and not (next and next.ask.with)
end

-- Whether there are tombstones at all, which is seldom.
local graves = nil

local function is_entombed(id, token)
  if graves == nil then graves = redis.call('EXISTS', TOMBSTONES) == 1 end
  return graves and redis.call('ZSCORE', TOMBSTONES, token == '' and id or token) and true or false
end

-- Returns whether this very request was carried out before, by its job or by what is remembered of one that is gone. Not
-- only one that is sent again can be late: the first that was sent can come after it.
local function repeated(id, token)
  if redis.call('EXISTS', job_key(id)) == 1
    and (token == '' or redis.pcall('HGET', job_key(id), 'request_token') == token) then return true end
  return is_entombed(id, token)
end

local function are_all_plain()
  local at = JOBS
  while ARGV[at] do -- bounded by ARGV
    local new = read(at)
    if not is_plain(new) then return false end
    at = new.last + 1
  end
  return true
end

local function make_plain(new)
  if redis.call('EXISTS', job_key(new.id)) == 1 then
    return repeated(new.id, new.token) and CREATED or { EXISTS, new.id }
  end
  if is_entombed(new.id, new.token) then return CREATED end
  -- The list first: a key of the wrong type is met before anything is written.
  redis.call('RPUSH', queue_key(new.ask.queue), new.id)
  write(new, 'queued')
  happened(new.ask.queue, new.id, 'queued')
  return CREATED
end

-- Makes all others. This stands in no function: that would take hold of everything named in it whenever it is defined,
-- which takes longer than to make a plain job.
local make_any = nil
if not are_all_plain() then
  --@include family
  make_any = make_one
end

-- Makes the job that begins at ARGV[at]. Returns the answer and where the next one begins: 1 when it is there, {0, id}
-- when that id is taken or has the unique key, and with the id of the job that is refused by it {-1, id, job} when a
-- job to depend on does not exist, {-2, id, job} when it would wait for itself, {-3, group, job} for too many to
-- depend on, {-4, id, job} when those wait for too many to tell whether it would wait for itself, {-5, id, job} when
-- its ttl is over before its time comes, {-6, id, job} when it would wait for the one that it replaces.
local function create(at)
  local new = read(at)
  return (is_plain(new) and make_plain or make_any)(new), new.last + 1
end
