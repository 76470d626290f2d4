-- What every settle checks before it writes.
--@include job
--@include retention
local SETTLED, LOST, REPEATED, TAKEN_BACK, AGAIN, REPEATED_AGAIN = 1, 0, 2, 3, 4, 5
-- Of a job's history, exactly this many entries are kept: each can be as large as a result, and RQ, which trims
-- approximately, keeps up to 41.
local HISTORY = 10

-- What is remembered of an execution that ended, and whose job is to run again.
local function run_again_by(id, execution) return lease_member(id, execution) .. ':again' end

-- Returns nil when the execution holds the job and the job is there to be ended; otherwise the answer to give. An entry
-- of a job that was deleted or canceled meanwhile goes, so that nobody recovers it. Whether it holds the job is looked up
-- unless the caller knows.
local function refusal(wip, id, execution, job, held)
  local status = job and job.status
  if held == nil then held = holds(wip, id, execution) end
  if not held then
    if entombed(run_again_by(id, execution)) then return REPEATED_AGAIN end
    if entombed(lease_member(id, execution)) then return REPEATED end
    if not job or job.execution_id ~= execution or status == 'started' then return LOST end
    return status == 'canceled' and TAKEN_BACK or REPEATED
  end
  if status ~= 'started' then
    redis.call('ZREM', wip, lease_member(id, execution))
    return TAKEN_BACK
  end
  return nil
end

-- Returns one entry of a job's history, in the fields that Python RQ reads.
local function entry_of(type, worker, field, value, execution, started, ended_at)
  local entry = { 'type', type, 'worker_name', worker, 'execution_id', execution,
    'execution_started_at', started, 'execution_ended_at', ended_at }
  if value ~= '' then
    entry[#entry + 1] = field
    entry[#entry + 1] = value
  end
  return entry
end

-- Adds an entry to the history of a job.
local function add_entry(id, entry)
  local key = results_key(id)
  if redis.pcall('XADD', key, 'MAXLEN', HISTORY, '*', unpack(entry)).err then
    -- Not a stream: what is there is nobody's history, and must not keep the job from ending.
    redis.call('DEL', key)
    redis.call('XADD', key, '*', unpack(entry))
  end
end

-- Redis holds room for more entries in a new stream, 4 KB of it, and gives it up where the stream comes from a dump. It
-- pays where the first entry is small; where this may not be done it stays so.
local SMALL = 2048

local function compact(key)
  local dumped = redis.pcall('DUMP', key)
  if type(dumped) == 'string' then redis.pcall('RESTORE', key, 0, dumped, 'REPLACE') end
end

-- Adds an entry that is made of these, as entry_of does.
local function record(id, type, worker, field, value, ...)
  local key = results_key(id)
  add_entry(id, entry_of(type, worker, field, value, ...))
  if #value <= SMALL and redis.call('XLEN', key) == 1 then compact(key) end
end
