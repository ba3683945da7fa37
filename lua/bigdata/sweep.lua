--- Sweeps: a scenario run again and again, under settings that vary.
-- @module bigdata.sweep

local check = require "bigdata.check"
local failure = require "bigdata.failure"
local options = require "bigdata.options"
local settings = require "bigdata.settings"
local text = require "bigdata.text"

local sweep = {}

local Sweep = { __name = "bigdata.sweep" }

local SHAPE = {
  scenario = "string",
  summary = "string|nil",
  settings = "table|nil",
  trials = "table|nil",
  vary = "table|nil",
  repeats = "integer|nil",
}

--- Make a sweep; see `bigdata.sweep`.
function sweep.new(definition)
  return setmetatable({ definition = definition }, Sweep)
end

-- Is the value one of the objects that new() makes?
function sweep.is(value)
  return getmetatable(value) == Sweep
end

--- Making a sweep whole.

local function check_definition(definition, where)
  check.shape(where .. ": a sweep", definition, SHAPE, 0)
  if (definition.trials == nil) == (definition.vary == nil) then
    failure.raise(("%s: a sweep needs either vary or trials"):format(where),
      'as in vary = { engine = { "threads", "poll" } }, or trials = { { engine = "poll" }, ... }')
  end
  if definition.repeats and definition.repeats < 1 then
    failure.raise(("%s: repeats must be at least 1, not %d"):format(where, definition.repeats))
  end
end

-- The elements of a list, each through f(element, its place); raises if it is no list, or empty.
local function map(list, where, f)
  if type(list) ~= "table" or #list == 0 then
    failure.raise(("%s must be a list with something in it"):format(where))
  end
  local results = {}
  for i, element in ipairs(list) do results[i] = f(element, i) end
  return results
end

-- Every combination of the values that are listed by name; the first name's values change last.
local function combinations(values, names, n)
  if n == 0 then return { {} } end
  local list = {}
  for _, before in ipairs(combinations(values, names, n - 1)) do
    for _, value in ipairs(values[names[n]]) do
      local set = { [names[n]] = value }
      for name, earlier in pairs(before) do set[name] = earlier end
      list[#list + 1] = set
    end
  end
  return list
end

local function cross_product(vary, scenario, where)
  local names, values = text.keys(vary), {}
  if #names == 0 then failure.raise(("%s: vary names no setting"):format(where)) end
  for _, name in ipairs(names) do
    values[name] = map(vary[name], ("%s: vary: %s"):format(where, name), function(value)
      return settings.read(where .. ": vary", scenario, { [name] = value })[name]
    end)
  end
  return combinations(values, names, #names)
end

local function listed(trials, scenario, where)
  return map(trials, where .. ": trials", function(given, i)
    return settings.read(("%s: trial %d"):format(where, i), scenario, given)
  end)
end

local function names_of(trials)
  local names = {}
  for _, values in ipairs(trials) do
    for name in pairs(values) do names[name] = true end
  end
  return text.keys(names)
end

-- Make a sweep whole: read its scenario and its trials. Raises. As variant.resolve.
function sweep.resolve(object, path, load)
  local definition = object.definition
  check_definition(definition, path)
  local scenario = load(definition.scenario)
  if sweep.is(scenario) then
    failure.raise(("%s: %s is a sweep itself"):format(path, definition.scenario))
  end
  settings.set_defaults(scenario, settings.read(path, scenario, definition.settings or {}))
  local vary = definition.vary
  object.scenario, object.flags, object.settings = scenario, scenario.flags, scenario.settings
  object.repeats = definition.repeats or 1
  object.crossed = vary ~= nil
  object.values = vary and cross_product(vary, scenario, path)
    or listed(definition.trials, scenario, path)
  object.names = names_of(object.values)
  object.summary = definition.summary or ("%s, under several settings: %s"):format(scenario.name,
    table.concat(object.names, ", "))
  return object
end

--- The trials.

-- The settings without what has no meaning beside the others.
local function meaning(all)
  local kept = {}
  for name, value in pairs(all) do kept[name] = value end
  local one_loop = all.engine == "poll" and all.jobs == 1
  if all.loop == "c" then
    kept.lua_state, kept.lua_memory = nil, nil
  elseif one_loop then
    kept.lua_state = "worker" -- one interpreter is one interpreter
  end
  if all.engine == "threads" then kept.jobs = nil end
  return kept
end

-- The values under these names as one string, the same for the same values.
local function identity(names, values)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = tostring(values[name]) end
  return table.concat(parts, "\0")
end

local function label_of(names, shown)
  local parts = {}
  for _, name in ipairs(names) do
    if shown[name] ~= nil then
      parts[#parts + 1] = ("%s %s"):format(options.dashed(name), settings.shown(shown[name]))
    end
  end
  return #parts > 0 and table.concat(parts, ", ") or "as it stands"
end

local function make_trial(object, values, run_settings, flags)
  local trial = {}
  trial.settings, trial.flags = settings.with(run_settings, flags, object.scenario, values)
  local good, message, problem = options.check(trial.settings)
  local shown = meaning(trial.settings)
  for name, value in pairs(trial.flags) do shown[name] = value end
  trial.shown, trial.label = shown, label_of(object.names, shown)
  if not good then
    failure.raise(("%s: %s: %s"):format(object.name, trial.label, message), problem.hint)
  end
  return trial
end

local function trials(object, run_settings, flags)
  local list, seen = {}, {}
  for _, values in ipairs(object.values) do
    local trial = make_trial(object, values, run_settings, flags)
    local same = identity(object.names, trial.shown)
    if not (object.crossed and seen[same]) then list[#list + 1] = trial end
    seen[same] = true
  end
  return list
end

-- The trials of a sweep, each to be run `repeats` times: a list of { settings=, flags=, label=,
-- shown= the values that mean something }; or nil, message, info. Of combinations that differ in
-- nothing but a setting without meaning (a state of Lua without Lua) there is one.
function sweep.trials(object, run_settings, flags)
  return failure.protect(trials, object, run_settings, flags)
end

return sweep
