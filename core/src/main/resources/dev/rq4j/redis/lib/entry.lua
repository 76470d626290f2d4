-- Reads the entry of a job's history out of a dump of that history (HistoryDump.java), where that may not be restored, or
-- there is more of it. Who includes it also includes record before.

-- Returns the fields and values in turn.
local function entry_in(dump)
  local entry, at = {}, FIELDS
  local function next_one()
    local one
    one, at = element(dump, at)
    return one
  end
  local fields = next_one()
  for i = 1, fields do entry[2 * i - 1] = next_one() end
  -- The end of the names; flags and id of the entry.
  for _ = 1, 4 do next_one() end
  for i = 1, fields do entry[2 * i] = next_one() end
  return entry
end
