-- scenario/settings.lua - what a scenario that stands on another one may set, by name: the options
-- of a run that say how it is run (`engine = "poll"`), and the other scenario's flags.

local check = require "bigdata.check"
local failure = require "bigdata.failure"
local flags = require "bigdata.scenario.flags"
local options = require "bigdata.cli.options"
local tables = require "bigdata.tables"
local text = require "bigdata.text"

local settings = {}

-- The options that may be set, by key.
local function known_options()
  local known = {}
  for option in options.each_of_trial(options.RUN) do known[options.key_of(option)] = option end
  return known
end

local function flag_of(scenario, name)
  for _, flag in ipairs(scenario.flags) do
    if flag.name == name then return flag end
  end
end

local function unknown(where, scenario, name, known)
  local names = tables.append(text.keys(known), tables.names(scenario.flags))
  failure.raise(("%s: there is no setting %s%s"):format(where, tostring(name),
    text.suggest(name, names)), ("settings are options of a run, as in poolsize = 50 or "
    .. "lua_state = \"shared\", and flags of %s"):format(scenario.name))
end

local function flag_value(where, flag, value)
  local good, problem = flags.check {
    type = flag.type, choices = flag.choices, default = value,
  }
  if good then return value end
  failure.raise(("%s: %s = %s: %s"):format(where, flag.name, tostring(value),
    problem:gsub("^the default", "the value")))
end

local function option_value(where, option, name, value)
  local wanted
  if option.argument then
    local scalar = check.is(value, "string|number")
    local read, what = option.read(scalar and options.written(value) or "")
    if scalar and read ~= nil then return read end
    wanted = what
  else
    if type(value) == "boolean" then return value end
    wanted = "true or false"
  end
  failure.raise(("%s: %s must be %s, not %s"):format(where, name, wanted or "something else",
    type(value) == "table" and "a table" or tostring(value)))
end

-- Check values for settings of the scenario, and turn them into what the run takes. Raises; where
-- begins the message.
-- @return a table: name -> value
function settings.read(where, scenario, given)
  if type(given) ~= "table" then
    failure.raise(("%s: settings must be a table, as in { engine = \"poll\" }, not a %s")
      :format(where, type(given)))
  end
  local known, values = known_options(), {}
  for _, name in ipairs(text.keys(given)) do
    local value, option, flag = given[name], known[name], flag_of(scenario, name)
    if value ~= nil and option then
      values[name] = option_value(where, option, name, value)
    elseif value ~= nil and flag then
      values[name] = flag_value(where, flag, value)
    else
      unknown(where, scenario, name, known)
    end
  end
  return values
end

local BOOLEANS = { yes = true, ["true"] = true, no = false, ["false"] = false }

-- As read(), of values as they are written on the command line.
function settings.read_words(where, scenario, given)
  local values, known = {}, known_options()
  for name, word in pairs(given) do
    local flag, option = flag_of(scenario, name), known[name]
    local kind = flag and flags.TYPES[flag.type]
    values[name] = word
    if kind and kind.read then values[name] = kind.read(word) end
    if kind and not kind.read or option and not option.argument then
      values[name] = BOOLEANS[word]
    end
    if values[name] == nil then
      failure.raise(("%s: %s must be %s, not %s"):format(where, name,
        kind and kind.read and select(2, kind.read(word)) or "yes or no", word))
    end
  end
  return settings.read(where, scenario, values)
end

-- Make values, as read() gives them, the scenario's defaults.
function settings.set_defaults(scenario, values)
  local defaults = tables.copy(scenario.settings or {})
  for name, value in pairs(values) do
    local flag = flag_of(scenario, name)
    if flag then flag.default = value else defaults[name] = value end
  end
  scenario.settings = defaults
end

-- The settings of a run and the flags of its scenario with values in their place: copies of both.
function settings.with(run_settings, own_flags, scenario, values)
  local changed, changed_flags = tables.copy(run_settings), tables.copy(own_flags)
  for name, value in pairs(values) do
    local place = flag_of(scenario, name) and changed_flags or changed
    place[name] = value
  end
  return changed, setmetatable(changed_flags, getmetatable(own_flags))
end

-- A setting's value as it is shown.
function settings.shown(value)
  if type(value) == "boolean" then return value and "yes" or "no" end
  return tostring(value)
end

return settings
