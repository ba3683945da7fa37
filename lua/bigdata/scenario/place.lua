-- scenario/place.lua - where a scenario stands, for messages.

local OWN_FOLDER = debug.getinfo(1, "S").source:match("^(.*)scenario/place%.lua$")

-- "file:line: " of the innermost Lua function that is not the library's own; "" if there is none.
local function place()
  for level = 2, math.huge do
    local info = debug.getinfo(level, "Sl")
    if not info then return "" end
    if info.currentline > 0 and info.source:sub(1, #OWN_FOLDER) ~= OWN_FOLDER then
      return ("%s:%d: "):format(info.short_src, info.currentline)
    end
  end
end

return place
