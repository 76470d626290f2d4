-- What follows from the status of a job.
local ENDED = { finished = true, failed = true, stopped = true, canceled = true }
local WAITS = { queued = true, scheduled = true, deferred = true, rate_limited = true, ready_to_enqueue = true,
  created = true }

-- Jobs under way, ended or canceled can still be in a list, twice even, if Python put them there. A status that nobody
-- knows does not keep a job from running.
local NOT_WAITING = { started = true, finished = true, failed = true, deferred = true, scheduled = true, stopped = true,
  canceled = true, rate_limited = true, ready_to_enqueue = true }
