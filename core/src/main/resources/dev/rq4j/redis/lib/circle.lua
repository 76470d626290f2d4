-- Whether a new job would wait for those that wait for it.
--@include ancestors

-- Returns why a job cannot wait for these, or nil.
local function verdict(id, parents, passed_over)
  local found = is_among(id, parents, passed_over, coming)
  if found == nil then return { TOO_FAR, id, id } end
  return found and { CIRCLE, id, id } or nil
end

-- Returns why a job that others wait for cannot wait for its own parents, or nil.
local function circle(new, replaces)
  local no = verdict(new.id, named(new.ask), {})
  if no or not new.ask.after_group then return no end
  -- A group may well have the callbacks of the job that is replaced: they go, and nobody asked for them by name.
  local going = {}
  for _, callback in ipairs(replaces and callbacks_of(new.id) or {}) do going[callback] = true end
  return verdict(new.id, members_of(new), going)
end
