-- scenario/flags.lua - a scenario's own flags: what they may be, and how they become options.

local core = require "bigdata.core"
local lfs = require "lfs"
local options = require "bigdata.cli.options"
local tables = require "bigdata.tables"
local text = require "bigdata.text"

local flags = {}

local function any(given)
  return given
end

-- argument: what stands for the value in the help; lua: the type that scenarios see.
local TYPES = {
  string = { argument = "TEXT", lua = "string", read = any },
  path = { argument = "PATH", lua = "string", read = any },
  integer = {
    argument = "N", lua = "integer",
    read = function(given) return options.integer(given), "a whole number" end,
  },
  number = {
    argument = "X", lua = "number",
    read = function(given) return options.number(given), "a number" end,
  },
  boolean = { lua = "boolean" }, -- a switch, with --no-NAME as its opposite
}

flags.TYPES = TYPES

-- Does a scenario's flag of that name collide with an option of a run? Returns the option's name.
function flags.taken(name)
  local dashed = options.dashed(name)
  for option in options.each(options.RUN) do
    for _, known in ipairs(options.names_of(option)) do
      if known == dashed or known == "no-" .. dashed then return known end
    end
  end
end

local function has_type(value, wanted)
  if wanted == "integer" then return math.type(value) == "integer" end
  return type(value) == wanted
end

local function among(choices, value)
  for _, allowed in ipairs(choices) do
    if allowed == value then return true end
  end
  return false
end

-- Do a flag's default and choices fit its type? nil and what does not.
function flags.check(flag)
  local wanted = TYPES[flag.type].lua
  if flag.default ~= nil and not has_type(flag.default, wanted) then
    return nil, ("the default of a flag of type %s must be %s, not a %s"):format(flag.type,
      text.article(wanted), type(flag.default))
  end
  if not flag.choices then return true end
  if flag.type == "boolean" then return nil, "a boolean flag has no choices" end
  for _, allowed in ipairs(flag.choices) do
    if not has_type(allowed, wanted) then
      return nil, ("the choices of a flag of type %s must be a list of its type"):format(flag.type)
    end
  end
  if #flag.choices == 0 then return nil, "choices is empty" end
  if flag.default ~= nil and not among(flag.choices, flag.default) then
    return nil, ("the default %s is not among the choices"):format(flag.default)
  end
  return true
end

local function choices_as_text(choices)
  local words = {}
  for i, allowed in ipairs(choices) do words[i] = tostring(allowed) end
  return text.either(words)
end

local function reader(flag)
  local read = TYPES[flag.type].read
  if not flag.choices then return read end
  return function(given)
    local value = read(given)
    if value == nil or not among(flag.choices, value) then
      return nil, choices_as_text(flag.choices)
    end
    return value
  end
end

local function as_option(flag)
  local kind = TYPES[flag.type]
  local help = flag.help or ""
  if flag.choices then
    help = ("%s%s%s"):format(help, help == "" and "" or ": ", choices_as_text(flag.choices))
  end
  local option = {
    name = options.dashed(flag.name), key = flag.name, argument = kind.argument, help = help,
    read = reader(flag), default = flag.default,
  }
  if flag.type == "boolean" then option.negation = "no-" .. option.name end
  return option
end

-- A default path that is not in the current folder may be one of the program's own.
local function resolve_default(path)
  if path:sub(1, 1) == "/" or lfs.attributes(path, "mode") then return path end
  local own = core.home .. "/" .. path
  return lfs.attributes(own, "mode") and own or path
end

-- The options' groups with those of a scenario's flags added.
function flags.with(groups, list)
  if not list or #list == 0 then return groups end
  local own = { title = "The scenario's own" }
  for i, flag in ipairs(list) do own[i] = as_option(flag) end
  return { own, table.unpack(groups) }
end

-- What steps see of the flags: their values, and an error for a name that is none.
function flags.strict(values, list)
  local names = tables.names(list)
  return setmetatable(values, {
    __index = function(_, name)
      if among(names, name) then return nil end
      error(("the scenario has no flag %s%s"):format(tostring(name), text.suggest(name, names)), 2)
    end,
  })
end

-- The flags' values where none are given.
function flags.defaults(list)
  local own = {}
  for _, flag in ipairs(list) do
    own[flag.name] = flag.default
    if flag.type == "path" and flag.default then own[flag.name] = resolve_default(flag.default) end
  end
  return flags.strict(own, list)
end

-- Move the flags' values from all values to a table of their own.
function flags.take(values, given, list)
  local own = {}
  for _, flag in ipairs(list) do
    own[flag.name] = values[flag.name]
    if flag.type == "path" and given[flag.name] == nil and flag.default then
      own[flag.name] = resolve_default(flag.default)
    end
    values[flag.name] = nil
  end
  return flags.strict(own, list)
end

return flags
