-- cli/command_line.lua - a run's settings and flags as the words of a command line that would run
-- it again: what differs from the defaults.

local flag_rules = require "bigdata.scenario.flags"
local options = require "bigdata.cli.options"

local command_line = {}

-- The words for a value, at the end of the list.
local function add(words, name, value)
  words[#words + 1] = "--" .. options.dashed(name)
  if value ~= true then words[#words + 1] = options.written(value) end
end

local function add_option(words, option, value)
  if value == nil or value == option.default then return end
  if option.argument then
    add(words, option.name, value)
  elseif value == (option.value == nil or option.value) then
    add(words, option.name, true)
  elseif option.negation then
    add(words, option.negation, true)
  end
end

-- The scenario's name, and the options that say how its trial was run, but for where to connect: a
-- list of words.
function command_line.of(scenario, settings, flags)
  local words = { scenario.name }
  for option in options.each_of_trial(options.of(scenario)) do
    add_option(words, option, settings[options.key_of(option)])
  end
  local defaults = flag_rules.defaults(scenario.flags)
  for _, flag in ipairs(scenario.flags) do
    local value = flags[flag.name]
    if value == false then
      if flag.default then add(words, "no-" .. flag.name, true) end
    elseif value ~= nil and value ~= defaults[flag.name] then
      add(words, flag.name, value)
    end
  end
  return words
end

local function quoted(word)
  if word:find("^[%w%-_./:=,+@%%]+$") then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- The options that there are, by their names with dashes.
local function known()
  local names = {}
  for option in options.each(options.RUN) do
    for _, name in ipairs(options.names_of(option)) do names["--" .. name] = true end
  end
  return names
end

-- The words with an option more, "--name value", in the place of the same one: a command line to
-- paste; nil if there is no such option.
function command_line.with(words, option)
  local name = option:match("^%S+")
  if not known()[name] then return nil end
  local parts, i = { "bigdata" }, 1
  while i <= #words do
    if words[i] == name then
      i = i + (option:find(" ") and 2 or 1)
    else
      parts[#parts + 1] = quoted(words[i])
      i = i + 1
    end
  end
  parts[#parts + 1] = option
  return table.concat(parts, " ")
end

return command_line
