-- Returns the fields and values of a hash in a dump, as HashDump.java writes it.
local function dumped(dump)
  local texts, at, size = {}, 10, string.byte(dump, 10)
  -- bounded by the dump
  while size ~= 255 do
    local length = size - 128
    if length >= 64 then
      length = (size - 224) * 256 + string.byte(dump, at + 1)
      at = at + 1
    end
    texts[#texts + 1] = string.sub(dump, at + 1, at + length)
    -- What follows a text is its length with what stands before it, in one byte or two.
    at = at + length + (length < 126 and 2 or 3)
    size = string.byte(dump, at)
  end
  return texts
end
