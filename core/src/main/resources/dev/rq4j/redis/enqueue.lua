#!lua
-- Puts new jobs into a queue. An id that exists is left alone; a repetition of the same request, sent again because its
-- answer was lost, is answered as the first was.
--
-- KEYS[1] -> the set of queues
-- ARGV[1] -> the prefix
-- ARGV[2] -> the queue
-- ARGV[3] -> which attempt at this request this is, from 1
-- ARGV[4...] -> for each job: id, request token ('' when the id itself is random), 1 for at front, the number of hash
--               fields and values together, the fields and values
--
-- Returns for each job 1 if it is queued, 0 if the id exists already.
--@include keys
--@include clock

local queue, attempt = ARGV[2], tonumber(ARGV[3])
local list = queue_key(queue)

-- Returns whether this very request was carried out before.
local function repeated(id, token, exists)
  if attempt == 1 then return false end
  if not exists then return redis.call('ZSCORE', TOMBSTONES, token == '' and id or token) and true or false end
  return token == '' or redis.call('HGET', job_key(id), 'request_token') == token
end

redis.call('SADD', QUEUES, list)
local answers, at = {}, 4
while at <= #ARGV do
  local id, token, front, count = ARGV[at], ARGV[at + 1], ARGV[at + 2] == '1', tonumber(ARGV[at + 3])
  local first, last = at + 4, at + 3 + count
  local exists = redis.call('EXISTS', job_key(id)) == 1
  if repeated(id, token, exists) then
    answers[#answers + 1] = 1
  elseif exists then
    answers[#answers + 1] = 0
  else
    -- The list first: a key of the wrong type is refused before anything of the job is written.
    redis.call(front and 'LPUSH' or 'RPUSH', list, id)
    redis.call('HSET', job_key(id), unpack(ARGV, first, last))
    if token ~= '' then redis.call('HSET', job_key(id), 'request_token', token) end
    answers[#answers + 1] = 1
  end
  at = last + 1
end
return answers
