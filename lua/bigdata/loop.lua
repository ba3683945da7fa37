-- loop.lua - what an interpreter of the Lua loop loads: the scenario anew, and the step's function.

local catalog = require "bigdata.catalog"
local failure = require "bigdata.failure"

local loop = {}

-- The function to call with (db, row, state) for every record. Raises.
-- @param settings path of the scenario, name of the step
function loop.load(settings)
  local scenario = failure.check(catalog.load(settings.path))
  for _, step in ipairs(scenario.steps) do
    if step.name == settings.step then return step.run or step.each end
  end
  error(("%s has no step %s any more"):format(settings.path, settings.step))
end

return loop
