-- A lease is an entry <job>:<execution> of the started registry. Our executions have a dash in their id, Python's have
-- none. Ours are scored a minute past the end of the lease: Python's clean-up fails what it finds past its score, by
-- the clock of whoever runs it, and must come after our own recovery, which queues the job again.
--@include together
local GRACE = 60

local function lease_member(id, execution) return id .. ':' .. execution end

-- Returns whether the execution still holds the job.
local function holds(wip, id, execution)
  return redis.call('ZSCORE', wip, lease_member(id, execution)) and true or false
end

-- Gives up the lease; returns whether there was one.
local function take_lease(wip, id, execution) return redis.call('ZREM', wip, lease_member(id, execution)) == 1 end

-- Gives up all these leases.
local function give_up_leases(wip, members)
  for from = 1, #members, MOST_TOGETHER do redis.call('ZREM', wip, together(members, from)) end
end

-- Returns whether an execution, by its id, is one of ours.
local function is_ours(execution) return string.find(execution, '-', 1, true) ~= nil end

-- Returns whether the execution holds the job, and nobody has ended the job or taken it back.
local function runs(queue, id, execution)
  return holds(registry_key('wip', queue), id, execution) and redis.call('HGET', job_key(id), 'status') == 'started'
end
