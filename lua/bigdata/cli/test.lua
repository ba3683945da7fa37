-- cli/test.lua - `bigdata test [busted options] SPEC...`: busted within this program, so that specs
-- have the core and the library at hand.

local arguments = require "bigdata.cli.arguments"

local test = {}

test.definition = {
  name = "test",
  usage = "Usage: bigdata test [options of busted] SPEC...",
  description = "Runs specs written for busted (Debian: lua-busted) with bigdata and bigdata.core "
    .. "at hand. The options are those of busted: -o TAP for output in that form, --filter "
    .. "PATTERN; `busted --help` shows all.",
  options = {},
}

function test.help()
  return arguments.help(test.definition, test.definition.options)
end

-- busted ends the process by a function of its own; ours ends only its run, with the exit status.
local function catch_exit()
  local compatibility = require "busted.compatibility"
  local Exit = {}
  compatibility.exit = function(status)
    error(setmetatable({ status = status == 0 and 0 or 1 }, Exit), 0)
  end
  return Exit
end

local function keep_problem(Exit)
  return function(problem)
    if getmetatable(problem) == Exit then return problem end
    return { message = tostring(problem), traceback = debug.traceback(nil, 2) }
  end
end

-- A spec that is missing or no Lua: what is wrong with it. (busted's TAP output cannot say so.)
local function unreadable(args)
  for _, argument in ipairs(args) do
    if argument:find("^[^-].*%.lua$") then
      local chunk, problem = loadfile(argument, "t")
      if not chunk then return problem end
    end
  end
end

local function wants_help(args)
  for _, argument in ipairs(args) do
    if argument == "--" then return false end
    if argument == "--help" then return true end
  end
end

function test.run(args, out)
  if wants_help(args) then
    out:result(test.help() .. "\n")
    return 0
  end
  if not pcall(require, "busted.core") then
    return out:problem("busted is not installed", { hint = "Debian: apt-get install lua-busted" })
  end
  if #args == 0 then
    return out:problem("test: which spec?", { hint = "bigdata help test shows how to use it" })
  end
  local wrong = unreadable(args)
  if wrong then return out:problem("test: " .. wrong) end
  local Exit = catch_exit()
  _G.arg = { [0] = "bigdata test", table.unpack(args) } -- busted reads it
  local good, problem = xpcall(function()
    require "busted.runner" { standalone = false }
  end, keep_problem(Exit))
  if good then return 0 end
  if problem.status then return problem.status end
  return out:problem(problem.message, problem)
end

return test
