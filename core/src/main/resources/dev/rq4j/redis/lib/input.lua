-- The result of one job as the input of another.

-- Keeps what the parent returned whose result is the input of the job, if it has finished: of one that failed an earlier
-- run may have returned something. Python tells nobody what it returned.
local function take_input(id, parent)
  if redis.call('HEXISTS', job_key(id), 'input') == 1 then return end
  if redis.pcall('HGET', job_key(parent), 'status') ~= 'finished' then return end
  local entry = redis.pcall('XREVRANGE', results_key(parent), '+', '-', 'COUNT', 1)[1]
  if type(entry) ~= 'table' then return end
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'return_value' then redis.call('HSET', job_key(id), 'input', entry[2][i + 1]) end
  end
end
