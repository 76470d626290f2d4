-- Records a run that ended well by a dump of a history that has only this (HistoryDump.java).
--@include settle
--@include listpack

-- Where the number of fields stands.
local FIELDS = 35

-- What is behind the last value: two bytes of the listpack's last number, its end, and 35 bytes more.
local BEHIND = 38

-- Returns the value, '' for none: where there is one it is the sixth field and the last.
local function value_in(dump)
  if string.byte(dump, FIELDS) < 6 then return '' end
  local at, size, unit = #dump - BEHIND, 0, 1
  repeat -- bounded by the bytes of a size
    local byte = string.byte(dump, at)
    size, unit, at = size + byte % 128 * unit, unit * 128, at - 1
  until byte < 128
  return (element(dump, at + 1 - size))
end

-- Adds the entry in a dump to the history of a job, and gives that the ttl, which is not 0. Where it is the first, as most
-- are, the dump is all the history.
local function record_dumped(id, dump, ttl)
  local key = results_key(id)
  if redis.pcall('RESTORE', key, text_of(math.max(0, 1000 * ttl)), dump).err then
    --@include entry
    add_entry(id, entry_in(dump))
    keep(key, ttl)
  end
end
