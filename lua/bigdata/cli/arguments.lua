-- cli/arguments.lua - the command line's arguments against a table of options, and the help text.
--
-- Arguments are gone through twice. scan() finds out which of them are options, values and words,
-- so that the scenario can be found before its flags are known, and so that a negative number or a
-- `_` in a name is understood. What is then left to argparse has one form: --name=value.

local argparse = require "argparse"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local flags = require "bigdata.scenario.flags"
local options = require "bigdata.cli.options"
local tables = require "bigdata.tables"

local arguments = {}

--- Scanning.

-- The options by their names, short and long, dashes included.
local function name_table(groups)
  local known = {}
  for option in options.each(groups) do
    for _, name in ipairs(options.names_of(option)) do known["--" .. name] = option end
    if option.short then known["-" .. option.short] = option end
  end
  return known
end

-- An argument that stands for an option: its name in full ("--name" or "-n") and the value that
-- hangs on it, if any.
local function option_parts(argument)
  local name, value = argument:match("^(%-%-[^=]+)=(.*)$")
  if not name then
    if argument:find("^%-%-.") then return "--" .. options.dashed(argument:sub(3)) end
    name, value = argument:match("^(%-%a)(.*)$")
    return name, value ~= "" and value or nil
  end
  return "--" .. options.dashed(name:sub(3)), value
end

-- The value of a known option that was given without one: the next argument, if it may be.
local function next_value(option, following)
  local takes_it = option and option.argument and following and not following:find("^%-%-.")
  return takes_it and following or nil
end

-- Go through the arguments: a list of { word= } and { name=, value=, option= }, each with `index`,
-- its place in the arguments. A word after an unknown option is `doubtful`, since it may be that
-- option's value. After "--" everything is a word.
local function scan(args, known)
  local items, only_words, i = {}, false, 1
  while i <= #args do
    local before, item = items[#items], { index = i }
    local name, value = option_parts(args[i])
    if args[i] == "--" and not only_words then
      only_words, item = true, nil
    elseif only_words or not name then
      item.word = args[i]
      item.doubtful = before and before.name and not before.option and not before.value
    else
      item.name, item.value, item.option = name, value, known[name]
      if not value then item.value = next_value(item.option, args[i + 1]) end
      if item.value ~= value then i = i + 1 end
    end
    items[#items + 1] = item
    i = i + 1
  end
  return items
end

-- The words among the arguments that are neither options nor values of known options: a list of
-- { word=, index=, doubtful= }.
function arguments.words(args, groups)
  local words = {}
  for _, item in ipairs(scan(args, name_table(groups))) do
    if item.word then words[#words + 1] = item end
  end
  return words
end

local function long_names(known)
  local names = {}
  for name in pairs(known) do
    if #name > 2 then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function unknown_option(name, known)
  local near = #name > 2 and core.near(name, long_names(known))
  failure.raise(("unknown option %s"):format(name), near and ("did you mean %s?"):format(near))
end

-- An option as argparse is given it: by its own long name, with its value after "=".
local function normal(item, known)
  local option = item.option
  if not option then unknown_option(item.name, known) end
  local negated = option.negation and item.name == "--" .. option.negation
  local name = negated and option.negation or option.name
  if item.value and not option.argument then
    failure.raise(("--%s takes no value"):format(name))
  elseif option.argument and not item.value then
    failure.raise(("--%s needs a value"):format(name))
  end
  return "--" .. name .. (item.value and "=" .. item.value or "")
end

-- The options, each in the normal form, and the words.
local function sort_out(args, known)
  local given, words = {}, {}
  for _, item in ipairs(scan(args, known)) do
    if item.word then
      words[#words + 1] = item.word
    else
      given[#given + 1] = normal(item, known)
    end
  end
  return given, words
end

--- Parsing, and help.

local function converter(option)
  return function(given)
    local value, wanted = option.read(given)
    if value ~= nil then return value end
    return nil, ("--%s must be %s, not %s"):format(option.name, wanted,
      given == "" and "empty" or given)
  end
end

-- How the help shows an option's names. argparse never sees a short one on the command line.
local function label(option)
  return option.short and ("-%s,--%s"):format(option.short, option.name) or "--" .. option.name
end

local function add_valued(parser, option)
  local element = parser:option(label(option)):hidden_name("--" .. option.name)
    :argname(option.argument):convert(converter(option))
  return option.many and element:count("*") or element
end

local function add_switch(parser, name, names, value)
  return parser:flag(names):hidden_name("--" .. name)
    :action(function(result, key) result[key] = value end)
end

-- Add an option; of a switch and its negation the help shows the one that changes something.
local function add_to_parser(parser, option)
  local elements, value = {}, option.value ~= false
  if option.argument then
    elements[1] = add_valued(parser, option)
  else
    elements[1] = add_switch(parser, option.name, label(option), value)
  end
  if option.negation then
    elements[2] = add_switch(parser, option.negation, "--" .. option.negation, not value)
  end
  local shown = option.negation and option.default == value and 2 or 1
  for i, element in ipairs(elements) do
    element:target(options.key_of(option)):description(options.described(option, i == 2))
    element:hidden(i ~= shown)
  end
  return elements[shown]
end

local function make_parser(command, groups)
  local parser = argparse(command.name or "bigdata"):add_help(false)
  parser:usage(command.usage):help_max_width(79):help_description_margin(26):help_usage_margin(2)
  if command.description then parser:description(command.description) end
  if command.epilog then parser:epilog(command.epilog) end
  for _, group in ipairs(groups) do
    local elements = {}
    for i, option in ipairs(group) do elements[i] = add_to_parser(parser, option) end
    parser:group(group.title, table.unpack(elements))
  end
  return parser
end

local function defaults(groups)
  local values = {}
  for option in options.each(groups) do values[options.key_of(option)] = option.default end
  return values
end

local function parse(args, groups, own_flags)
  local all = flags.with(groups, own_flags)
  local given, words = sort_out(args, name_table(all))
  local good, parsed = make_parser({ usage = "" }, all):pparse(given)
  if not good then failure.raise(parsed) end
  local values = tables.copy(defaults(all), parsed)
  return values, words, flags.take(values, parsed, own_flags or {}), parsed
end

-- Parse arguments: the values by key, the words that are no options, the values of a scenario's
-- flags, and the values that were given; or nil, message, info.
function arguments.parse(args, groups, own_flags)
  return failure.protect(parse, args, groups, own_flags)
end

-- The help text. command: { usage=, description=, epilog= }.
function arguments.help(command, groups, own_flags)
  return make_parser(command, flags.with(groups, own_flags)):get_help()
end

return arguments
