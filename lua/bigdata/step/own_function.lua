-- step/own_function.lua - the scenario's own functions, of those that the library made from them:
-- for messages that say where a function stands.

local own_function = {}

local made_from = setmetatable({}, { __mode = "k" })

-- f was made from a function of the scenario's; returns f.
function own_function.note(f, own)
  made_from[f] = own
  return f
end

-- The scenario's own function that f was made from, or else f.
function own_function.of(f)
  return made_from[f] or f
end

return own_function
