-- A number among the arguments of a command is written out at each call, which takes long; this is for those that are
-- the same again and again.
local texts = {}

-- Returns a whole number as a text.
local function text_of(number)
  texts[number] = texts[number] or string.format('%.0f', number)
  return texts[number]
end
