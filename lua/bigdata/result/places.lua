-- result/places.lua - where runs were made: in what their machines and servers differ. Pure.

local text = require "bigdata.text"

local places = {}

-- What is known of a run's place, each with what its facts are called.
local KINDS = {
  { "machine:", function(run) return run.environment end },
  { "server:", function(run) return run.server and { version = run.server.version } end },
  { "server setting", function(run) return run.server and run.server.settings end },
}

-- The facts of one kind of all runs that tell of it.
local function facts_of(sets, kind)
  local list = {}
  for _, set in ipairs(sets) do
    for _, item in ipairs(set.trials) do
      for _, run in ipairs(item.runs) do list[#list + 1] = kind(run) or nil end
    end
  end
  return list
end

-- The different values of a fact, in the order in which they come, as text.
local function values_of(list, name)
  local values, known = {}, {}
  for _, facts in ipairs(list) do
    local value = facts[name] == nil and "none" or tostring(facts[name])
    if not known[value] then known[value], values[#values + 1] = true, value end
  end
  return values
end

-- In what the places of all runs of several sets, as of result_set.load, differ: a list of lines,
-- "machine: cores: 2, 8".
function places.differences(sets)
  local lines = {}
  for _, kind in ipairs(KINDS) do
    local list, names = facts_of(sets, kind[2]), {}
    for _, facts in ipairs(list) do
      for name, value in pairs(facts) do names[name] = type(value) ~= "table" or nil end
    end
    for _, name in ipairs(text.keys(names)) do
      local values = values_of(list, name)
      if #values > 1 then
        lines[#lines + 1] = ("%s %s: %s"):format(kind[1], name, table.concat(values, ", "))
      end
    end
  end
  return lines
end

return places
