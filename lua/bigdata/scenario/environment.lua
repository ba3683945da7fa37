-- scenario/environment.lua - the globals of a scenario's file: the standard library to read, and
-- nothing to set. A name without its `local` would be shared by all records, and by workers or not,
-- depending on the run's settings.

local tables = require "bigdata.tables"

local environment = {}

local function refuse_exit()
  error("a scenario cannot call os.exit: end it with error(\"why\")", 2)
end

local function refuse_locale()
  error("a scenario cannot call os.setlocale: the locale is the program's", 2)
end

local function refuse_hook()
  error("a scenario cannot call debug.sethook: the program watches functions with it", 2)
end

-- What must not be called, since it would be felt outside of the scenario.
local REFUSED = {
  os = { exit = refuse_exit, setlocale = refuse_locale },
  debug = { sethook = refuse_hook },
}

local Strict = {
  __index = function(_, name)
    local value = _G[name]
    if value == nil then
      error(("there is no global variable %s: is it misspelt, or is a local missing?")
        :format(tostring(name)), 2)
    end
    return value
  end,
  __newindex = function(_, name)
    error(("the scenario sets the global variable %s: write local %s"):format(tostring(name),
      tostring(name)), 2)
  end,
}

-- A fresh table of globals, for loadfile().
function environment.new()
  local globals = {}
  for name, changes in pairs(REFUSED) do globals[name] = tables.copy(_G[name], changes) end
  globals._G = globals
  return setmetatable(globals, Strict)
end

-- Refuse the same to everything that is loaded in this interpreter.
function environment.restrict()
  for name, changes in pairs(REFUSED) do
    for key, refuse in pairs(changes) do rawset(_G[name], key, refuse) end
  end
end

return environment
