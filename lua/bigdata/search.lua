--- Searches: the smallest size with which a scenario is nearly as fast as it can be.
-- @module bigdata.search

local check = require "bigdata.check"
local failure = require "bigdata.failure"
local options = require "bigdata.cli.options"
local settings = require "bigdata.scenario.settings"

local search = {}

local Search = { __name = "bigdata.search" }

local SHAPE = {
  scenario = "string",
  over = "string",
  summary = "string|nil",
  settings = "table|nil",
  from = "integer|nil",
  to = "integer|nil",
  within = "number|nil",
  repeats = "integer|nil",
}

-- What a search can be made over, with the most that is looked at where nothing else limits it.
search.OVER = { poolsize = 200, jobs = 64 }

--- Make a search; see `bigdata.search`.
function search.new(definition)
  return setmetatable({ definition = definition }, Search)
end

-- Is the value one of the objects that new() makes?
function search.is(value)
  return getmetatable(value) == Search
end

-- Check a search's terms. Raises; where begins the message.
function search.check(terms, where)
  if not search.OVER[terms.over] then
    failure.raise(("%s: it can be searched for poolsize and jobs, not for %s"):format(where,
      options.dashed(terms.over)))
  end
  if (terms.from or 1) < 1 or terms.to and terms.to < (terms.from or 1) then
    failure.raise(("%s: from must be at least 1, and to not below it"):format(where))
  end
  if (terms.within or 0.05) <= 0 or (terms.within or 0.05) >= 1 then
    failure.raise(("%s: within must be a share, as in 0.05"):format(where))
  end
  return terms
end

-- Make a search whole: its scenario, with `find`, the terms of the search. Raises. As
-- variant.resolve.
function search.resolve(object, path, load)
  local definition = object.definition
  check.shape(path .. ": a search", definition, SHAPE, 0)
  local scenario = load(definition.scenario)
  if not scenario.steps then
    failure.raise(("%s: %s is a sweep, and no scenario"):format(path, definition.scenario))
  end
  settings.set_defaults(scenario, settings.read(path, scenario, definition.settings or {}))
  scenario.summary = definition.summary
    or ("the smallest %s with which %s is nearly at its best"):format(definition.over,
      scenario.name)
  scenario.find = search.check(definition, path)
  return scenario
end

return search
