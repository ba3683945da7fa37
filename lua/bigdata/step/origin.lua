-- step/origin.lua - the scenario's own functions, of those that the library made from them: for
-- messages that say where a function stands.

local own = setmetatable({}, { __mode = "k" })

local origin = {}

-- f was made from a function of the scenario's; returns f.
function origin.note(f, from)
  own[f] = from
  return f
end

function origin.of(f)
  return own[f] or f
end

return origin
