--- Sweeps: a scenario run again and again, under settings that vary.
-- @module bigdata.sweep

local check = require "bigdata.check"
local external = require "bigdata.external"
local failure = require "bigdata.failure"
local flags = require "bigdata.scenario.flags"
local options = require "bigdata.cli.options"
local ranges = require "bigdata.sweep.ranges"
local settings = require "bigdata.scenario.settings"
local tables = require "bigdata.tables"
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
  if definition.trials == nil and definition.vary == nil then
    failure.raise(("%s: a sweep needs vary or trials"):format(where),
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

-- The values that a setting takes in turn; a list may also be written as on the command line.
local function values_of(name, list, scenario, where)
  local read = settings.read
  if type(list) == "string" then
    local expanded, problem = ranges.expand(list)
    if not expanded then failure.raise(("%s: %s: %s"):format(where, name, problem)) end
    list, read = expanded, settings.read_words
  end
  return map(list, ("%s: %s"):format(where, name), function(value)
    return read(where, scenario, { [name] = value })[name]
  end)
end

local function read_vary(vary, scenario, where)
  local names, values = text.keys(vary), {}
  if #names == 0 then failure.raise(("%s: vary names no setting"):format(where)) end
  for _, name in ipairs(names) do
    values[name] = values_of(name, vary[name], scenario, where .. ": vary")
  end
  return values
end

-- What a trial's table says beside settings: its name, and the scenario it runs.
local function split(given, where)
  if type(given) ~= "table" then return given end
  check.shape(where, { name = given.name, scenario = given.scenario },
    { name = "string|nil", scenario = "string|nil" }, 0)
  local values = {}
  for key, value in pairs(given) do
    if key ~= "name" and key ~= "scenario" then values[key] = value end
  end
  return values, given.name, given.scenario
end

-- What is run in a trial, and the settings that it is always run with: { scenario= or external=,
-- name=, values= }.
local function read_base(given, object, where, load)
  if external.is(given) then
    external.check_step(given, object.scenario, where)
    return { external = given, name = given.name, values = {} }
  end
  local values, name, other = split(given, where)
  local scenario, own = object.scenario, {}
  if other then
    scenario = load(other)
    if sweep.is(scenario) then failure.raise(("%s: %s is a sweep itself"):format(where, other)) end
    own = scenario.settings
  end
  return {
    scenario = scenario, name = name,
    values = tables.copy(own, settings.read(where, scenario, values)),
  }
end

-- Every combination of the values that are listed by name; the first name's values change last.
local function combinations(values, names, n)
  if n == 0 then return { {} } end
  local list = {}
  for _, before in ipairs(combinations(values, names, n - 1)) do
    for _, value in ipairs(values[names[n]]) do
      list[#list + 1] = tables.copy(before, { [names[n]] = value })
    end
  end
  return list
end

local function combine(base, set, where)
  for name in pairs(set) do
    if base.values[name] ~= nil then
      failure.raise(("%s: %s is set by a trial and by vary"):format(where, name))
    end
  end
  return { base = base, values = tables.copy(base.values, set) }
end

-- The trials to be, each { base=, values= }, and the names of what tells them apart: of trials with
-- a name of their own that name, and what varies.
local function plan(object, where)
  object.planned, object.names = {}, {}
  local sets, names = combinations(object.vary, text.keys(object.vary), #text.keys(object.vary)), {}
  local named = false
  for _, base in ipairs(object.bases) do
    named = named or base.name ~= nil
    for _, set in ipairs(sets) do
      local one = combine(base, set, where)
      object.planned[#object.planned + 1] = one
      for name in pairs(base.name and set or one.values) do names[name] = true end
    end
  end
  object.names = text.keys(names)
  if named then table.insert(object.names, 1, "system") end
  return object
end

local function made_whole(object, scenario, bases, vary, repeats, where)
  object.scenario, object.flags, object.settings = scenario, scenario.flags, scenario.settings
  object.bases, object.vary, object.repeats = bases, vary, repeats
  return plan(object, where)
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
  object.scenario = scenario
  local bases = { { scenario = scenario, values = {} } }
  if definition.trials then
    bases = map(definition.trials, path .. ": trials", function(given, i)
      return read_base(given, object, ("%s: trial %d"):format(path, i), load)
    end)
  end
  local vary = definition.vary and read_vary(definition.vary, scenario, path) or {}
  made_whole(object, scenario, bases, vary, definition.repeats or 1, path)
  object.summary = definition.summary or ("%s, under several settings: %s"):format(scenario.name,
    table.concat(object.names, ", "))
  return object
end

-- The sweep, or the scenario as one, with more settings varied and another number of repeats.
-- lists: { { name=, list= as in "1,2,5" or "1..64x2" }, ... }. Raises.
function sweep.extend(scenario, lists, repeats)
  local object = scenario
  if not sweep.is(scenario) then
    object = setmetatable({ name = scenario.name, path = scenario.path }, Sweep)
    made_whole(object, scenario, { { scenario = scenario, values = {} } }, {}, 1, scenario.name)
    object.summary = scenario.summary
  end
  local given = {}
  for _, item in ipairs(lists) do
    local name = item.name:gsub("-", "_")
    if given[name] then failure.raise(("--vary: %s is given twice"):format(item.name)) end
    given[name] = true
    object.vary[name] = values_of(name, item.list, object.scenario, "--vary")
  end
  object.repeats = repeats or object.repeats
  return plan(object, "--vary")
end

--- The trials.

-- The settings without what has no meaning beside the others.
function sweep.meaning(all)
  local kept = tables.copy(all)
  local one_loop = all.engine == "poll" and all.jobs == 1
  if all.loop == "c" then
    kept.lua_state, kept.lua_memory = nil, nil
  elseif one_loop then
    kept.lua_state = "worker" -- one interpreter is one interpreter
  end
  if all.engine == "threads" then kept.jobs = nil end
  return kept
end

-- What says something about another program: what it is told, and what was varied.
local function meaning_outside(all, values)
  return tables.copy({ poolsize = all.poolsize, limit = all.limit, delay = all.delay }, values)
end

-- The values under these names as one string, the same for the same values.
local function identity(names, values)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = tostring(values[name]) end
  return table.concat(parts, "\0")
end

-- What a trial is called, by the values that it shows under these names.
function sweep.label(names, shown)
  local parts = {}
  for _, name in ipairs(names) do
    if shown[name] ~= nil then
      local value = settings.shown(shown[name])
      parts[#parts + 1] = name == "system" and value
        or ("%s %s"):format(options.dashed(name), value)
    end
  end
  return #parts > 0 and table.concat(parts, ", ") or "as it stands"
end

-- The flags of a trial's own scenario: those of the same name as given, the others as declared.
local function flags_of(object, scenario, given)
  if not scenario or scenario == object.scenario then return given end
  local own = flags.defaults(scenario.flags)
  for _, flag in ipairs(object.scenario.flags) do
    for _, other in ipairs(scenario.flags) do
      if other.name == flag.name then own[flag.name] = given[flag.name] end
    end
  end
  return own
end

local function make_trial(object, planned, run_settings, given)
  local base = planned.base
  local scenario = base.scenario or object.scenario
  local trial = { scenario = scenario, external = base.external }
  trial.settings, trial.flags = settings.with(run_settings, flags_of(object, scenario, given),
    scenario, planned.values)
  local shown = tables.copy(base.external and meaning_outside(trial.settings, planned.values)
    or sweep.meaning(trial.settings), trial.flags)
  shown.system = base.name
  trial.shown, trial.label = shown, sweep.label(object.names, shown)
  return trial
end

-- Several event loops are meant for the trials that can have them; there must be one.
local function share_jobs(object, all)
  local wanted, possible = false, false
  for _, trial in ipairs(all) do
    wanted = wanted or trial.settings.jobs > 1
    possible = possible or trial.settings.engine == "poll"
    if trial.settings.engine == "threads" then trial.settings.jobs = 1 end
  end
  if wanted and not possible then
    failure.raise(("%s: --jobs has no meaning, since no trial has --engine poll"):format(
      object.name), "vary the engine, too, or leave out the jobs")
  end
end

local function check_trial(object, trial)
  local good, message, problem = options.check(trial.settings)
  if not good then
    failure.raise(("%s: %s: %s"):format(object.name, trial.label, message), problem.hint)
  end
end

-- Number trials that have a label which another one has already: "engine poll (2)", and so on. What
-- they show is which copy they are, all of them. Are there any?
local function number_copies(list)
  local taken, copies, any = {}, {}, false
  for i, trial in ipairs(list) do
    local label, copy = trial.label, 1
    while taken[trial.label] do
      copy = copy + 1
      trial.label = ("%s (%d)"):format(label, copy)
    end
    taken[trial.label], copies[i], any = true, copy, any or copy > 1
  end
  for i, trial in ipairs(any and list or {}) do trial.shown.copy = copies[i] end
  return any
end

local function trials(object, run_settings, given)
  local all, list, seen = {}, {}, {}
  for i, planned in ipairs(object.planned) do
    all[i] = make_trial(object, planned, run_settings, given)
  end
  share_jobs(object, all)
  local crossed = next(object.vary) ~= nil
  for i, planned in ipairs(object.planned) do
    local trial = all[i]
    check_trial(object, trial)
    local same = identity(object.names, trial.shown)
    if not (crossed and seen[same] == planned.base) then list[#list + 1] = trial end
    seen[same] = planned.base
  end
  if not number_copies(list) then return list, object.names end
  return list, tables.append(tables.copy(object.names), { "copy" })
end

-- The trials of a sweep, each to be run `repeats` times: a list of { settings=, flags=, label= no
-- other has it, scenario=, external= another program in its place, shown= the values that mean
-- something }, and the names of what may tell them apart in what they show; or nil, message, info.
-- Of combinations that differ in nothing but a setting without meaning (a state of Lua without Lua)
-- there is one.
function sweep.trials(object, run_settings, given)
  return failure.protect(trials, object, run_settings, given)
end

return sweep
