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

-- The scenario's name, or its path if it has to be found by that, and the options that say how its
-- trial was run, but for where to connect: a list of words.
function command_line.of(scenario, settings, flags)
  local words = { scenario.word or scenario.name }
  for option in options.each_of_trial(options.of(scenario)) do
    local key = options.key_of(option)
    if settings.loop == "lua" or not options.OF_LUA[key] then
      add_option(words, option, settings[key])
    end
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

-- Does a word give way to the option: the same one, or one that it leaves without a meaning?
local function gives_way(word, option)
  if word == option:match("^%S+") then return true end
  return option == "--loop c" and options.OF_LUA[word:sub(3):gsub("-", "_")] ~= nil
end

-- The words with an option more, "--name value", in the place of the same one, and of what would
-- have no meaning beside it: a command line to paste; nil if there is no such option.
function command_line.with(words, option)
  if not known()[option:match("^%S+")] then return nil end
  local parts, i = { "bigdata" }, 1
  while i <= #words do
    if gives_way(words[i], option) then
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
