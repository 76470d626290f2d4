-- The keys of one namespace, spelled as in Keys.java.
-- ARGV[1] -> the prefix
local PREFIX = ARGV[1]
local QUEUES = PREFIX .. ':queues'
local WORKERS = PREFIX .. ':workers'
local TOMBSTONES = PREFIX .. ':tombstones'
local SUSPENDED = PREFIX .. ':suspended'

-- Registries outlive their last entry by this much, so that Python, which never extends them, loses none. They are
-- trimmed by score; this is for the day on which nobody is left to do it.
local REGISTRY_SLACK = 34560000

local function queue_key(queue) return PREFIX .. ':queue:' .. queue end
local function job_key(id) return PREFIX .. ':job:' .. id end
local function dependents_key(id) return PREFIX .. ':job:' .. id .. ':dependents' end
local function dependencies_key(id) return PREFIX .. ':job::' .. id .. ':dependencies' end
local function results_key(id) return PREFIX .. ':results:' .. id end
local function registry_key(registry, queue) return PREFIX .. ':' .. registry .. ':' .. queue end
local function worker_key(name) return PREFIX .. ':worker:' .. name end
local function queue_workers_key(queue) return PREFIX .. ':workers:' .. queue end
local function claimer_key(claimer) return PREFIX .. ':claimer:' .. claimer end
local function outcome_channel(id) return PREFIX .. ':outcome:' .. id end
local function worker_channel(name) return PREFIX .. ':pubsub:' .. name end
