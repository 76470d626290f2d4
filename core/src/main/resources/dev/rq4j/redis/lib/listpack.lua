-- Reads what Listpack.java writes.

-- Returns the number or text that begins at this byte of a listpack, and where the next one does.
local function element(bytes, at)
  local head = string.byte(bytes, at)
  if head < 128 then return head, at + 2 end
  local length, before = head - 128, 1
  if head == 240 then
    length, before = struct.unpack('<I4', bytes, at + 1), 5
  elseif head >= 224 then
    length, before = (head - 224) * 256 + string.byte(bytes, at + 1), 2
  end
  -- Its size follows it, 7 bits to the byte.
  local size = before + length
  local behind = size < 128 and 1 or size < 16383 and 2 or size < 2097151 and 3 or size < 268435455 and 4 or 5
  return string.sub(bytes, at + before, at + size - 1), at + size + behind
end
