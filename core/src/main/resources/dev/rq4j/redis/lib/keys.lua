-- The keys of one namespace, spelled as in Keys.java.
-- ARGV[1] -> the prefix
local PREFIX = ARGV[1]
local QUEUES = PREFIX .. ':queues'
local WORKERS = PREFIX .. ':workers'
local TOMBSTONES = PREFIX .. ':tombstones'
local SUSPENDED = PREFIX .. ':suspended'
local PAUSED = PREFIX .. ':paused'
local DEADLINES = PREFIX .. ':deadlines'
local RESOLVING = PREFIX .. ':resolving'
local LIMITS = PREFIX .. ':rl-keys'
local RATES = PREFIX .. ':rates'
local CRON = PREFIX .. ':cron'
local GROUPS = PREFIX .. ':groups'
local WATCHED = PREFIX .. ':watched'
local MISSED = PREFIX .. ':missed'
local WAKE = PREFIX .. ':wake'

-- Registries outlive their last entry by this much, so that Python, which never extends them, loses none. They are
-- trimmed by score; this is for the day on which nobody is left to do it.
local REGISTRY_SLACK = 34560000
local A_MILLENNIUM = 31536000000

-- For as long a repeated request is recognised after what it was about is gone.
local TOMBSTONE_SECONDS = 60

local function queue_key(queue) return PREFIX .. ':queue:' .. queue end
local function intermediate_key(queue) return PREFIX .. ':queue:' .. queue .. ':intermediate' end
local function job_key(id) return PREFIX .. ':job:' .. id end
local function dependents_key(id) return PREFIX .. ':job:' .. id .. ':dependents' end
local function dependencies_key(id) return PREFIX .. ':job::' .. id .. ':dependencies' end
local function results_key(id) return PREFIX .. ':results:' .. id end
local function log_key(id) return PREFIX .. ':log:' .. id end
local function registry_key(registry, queue) return PREFIX .. ':' .. registry .. ':' .. queue end
local function limit_key(key) return PREFIX .. ':rl:' .. key end
local function allowed_key(key) return PREFIX .. ':rl:' .. key .. ':allowed' end
local function limited_key(key) return PREFIX .. ':rl:' .. key .. ':rate_limited' end
local function rate_key(key) return PREFIX .. ':rate:' .. key end
local function paced_key(key) return PREFIX .. ':rate:' .. key .. ':waiting' end
local function turns_key(key) return PREFIX .. ':rate:' .. key .. ':turns' end
local function unique_key(key) return PREFIX .. ':unique:' .. key end
local function group_key(group) return PREFIX .. ':group:' .. group end
local function cron_key(name) return PREFIX .. ':cron:' .. name end
local function cron_jobs_key(name) return PREFIX .. ':cron_job:' .. name .. ':jobs' end
local function worker_key(name) return PREFIX .. ':worker:' .. name end
local function executions_key(worker) return PREFIX .. ':worker:' .. worker .. ':executions' end
local function queue_workers_key(queue) return PREFIX .. ':workers:' .. queue end
local function queue_turn_key(queue) return PREFIX .. ':turn:queue:' .. queue end
local function claimer_key(claimer) return PREFIX .. ':claimer:' .. claimer end
local function attempt_key(token) return PREFIX .. ':attempt:' .. token end
local function outcome_channel(party) return PREFIX .. ':outcome:' .. party end
local function worker_channel(name) return PREFIX .. ':pubsub:' .. name end
local function events_channel(queue) return PREFIX .. ':events:' .. queue end
local function group_channel(group) return PREFIX .. ':group-events:' .. group end

-- Gives a list of what waits a time to live beyond this many seconds, unless it has one. Others can list what they want
-- for whenever they want, and an expiry that overflows Redis' clock would end a script half-way.
local function outlasts(key, seconds)
  seconds = math.min(seconds, A_MILLENNIUM)
  if redis.call('TTL', key) < seconds + REGISTRY_SLACK / 2 then
    redis.call('EXPIRE', key, math.ceil(seconds) + REGISTRY_SLACK)
  end
end
