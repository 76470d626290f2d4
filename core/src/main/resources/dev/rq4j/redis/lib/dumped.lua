-- Reads the hash of a new job out of a dump of it (HashDump.java), where that may not be restored.
--@include listpack

-- Returns its fields and values.
local function dumped(dump)
  local texts, at = {}, 10
  -- bounded by the dump
  while string.byte(dump, at) ~= 255 do texts[#texts + 1], at = element(dump, at) end
  return texts
end
