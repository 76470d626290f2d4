#!lua flags=allow-oom
-- Ends runs well, each if the execution still holds the job: the job runs again if it is to be repeated, or has
-- finished.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> how many runs
-- ARGV[3...] -> for each: queue, job, execution; the default time to live in seconds; the entry of the job's history,
--               in a dump of a history that has only this (HistoryDump.java)
-- and then, of one run only -> jobs to make if it has finished, as lib/create.lua reads them
--
-- Returns for each 1 if settled, 0 if the lease is lost, 2 if this execution had settled before, 3 if the job was
-- canceled or deleted meanwhile, 4 if it is repeated, 5 if it was by this execution before.
--@include keys
--@include record
--@include outcome
--@include event

local RUNS = tonumber(ARGV[2])
local JOBS = 3 + 5 * RUNS
-- One that makes jobs is not usual.
local MOST_USUAL = ARGV[JOBS] and 0 or RUNS
local answers = {}

local function run(n) return unpack(ARGV, 5 * n - 2, 5 * n + 2) end

--@include usual
if #others > 0 then
  --@include end
  for _, n in ipairs(others) do
    local queue, id, execution, usual_ttl, entry = run(n)
    local wip, job = registry_key('wip', queue), look(id)
    local again = job and job.repeats_left and times(job.repeats_left)
    local answer = refusal(wip, id, execution, job, not again and take_lease(wip, id, execution) or nil)

    -- What few jobs need stands in no function, which would take hold of all that is named in it before it is called.
    if not answer and again then
      --@include again
      --@include numbers
      --@include entry
      job.origin = queue
      -- Each run has all the retries, and may lose as many workers.
      local intervals, repeats, failures, retries =
        unpack(redis.call('HMGET', job_key(id), 'repeat_intervals', 'repeats', 'failures', 'retries_left'))
      local nth = count_of(repeats) + 1
      failures = count_of(failures)
      -- First: where its new place cannot take it, it has not been repeated.
      run_again(job, execution, interval(intervals, nth))
      redis.call('HSET', job_key(id), 'repeats', nth, 'repeats_left', again - 1, 'ended_at', shown_now())
      if failures > 0 then
        redis.call('HSET', job_key(id), 'retries_left', count_of(retries) + failures, 'failures', 0)
      end
      redis.call('HDEL', job_key(id), 'recoveries')
      -- Its id is by Redis' clock, not the worker's: of those that follow it, which come later, the age is asked.
      if ttl_of(job.result_ttl, usual_ttl) ~= 0 then add_entry(id, entry_in(entry)) end
      answer = AGAIN
    elseif not answer then
      job.origin = queue
      local ttl, more, value = ttl_of(job.result_ttl, usual_ttl), has_more(id), value_in(entry)
      if concerns_others(job, more) then
        --@include resolve
        ended(job, 'finished', value, ttl, true)
      else
        happened(queue, id, 'finished')
      end
      if ttl == 0 then
        forget(id, execution)
      else
        redis.call('HSET', job_key(id), 'status', 'finished', 'ended_at', shown_now())
        record_dumped(id, entry, ttl)
        expire(id, ttl, execution, more)
        enlist(registry_key('finished', queue), id, ttl)
      end
      announce_value(id, value, ttl)
      if ARGV[JOBS] then
        --@include follow
        follow()
      end
      answer = SETTLED
    end
    answers[n] = answer
  end
end
return answers
