-- scenario_kit.lua - what specs of runs share: a private server, a folder for scenario files, and
-- runs of them under options as on the command line.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local core = require "bigdata.core"
local lfs = require "lfs"
local options = require "bigdata.cli.options"
local sweep_run = require "bigdata.sweep.run"
local trial = require "bigdata.trial"

local kit = {}

function kit.open(max_connections)
  kit.folder = os.tmpname()
  os.remove(kit.folder)
  assert(lfs.mkdir(kit.folder))
  kit.server = assert(core.server {
    max_connections = max_connections, settings = { "fsync=off" },
  })
  kit.connection = assert(core.connect(kit.server:conninfo()))
end

function kit.close()
  kit.connection:close()
  kit.server:close()
  for name in lfs.dir(kit.folder) do os.remove(kit.folder .. "/" .. name) end
  lfs.rmdir(kit.folder)
end

function kit.query(sql, ...)
  return assert(kit.connection:query(sql, ...))
end

function kit.execute(sql)
  assert(kit.connection:execute(sql))
end

-- What the table kept (n, word) holds: "1 2=second".
function kit.kept()
  local words = {}
  for i, row in ipairs(kit.query "select n, word from kept order by n") do
    words[i] = row.n .. (row.word and "=" .. row.word or "")
  end
  return table.concat(words, " ")
end

-- Put the text into a file of the folder: its path.
function kit.write(name, text)
  local path = ("%s/%s"):format(kit.folder, name)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
  return path
end

-- The methods of --insert.
kit.METHODS = { "row", "pipeline", "values", "unnest", "copy", "copy-binary" }

local FORM = [[
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "a test" }
%s
scenario:step "one" {
  source = function() return bigdata.source.count { count = %d } end,
  %s = function(db, row, state)
%s
  end,
}
return scenario
]]

-- Write a scenario of one step with that function, which begins in line 7: its path.
-- @param body of the function
-- @param more before = text to stand before the step, on one line; count = records (3); key ("run")
function kit.scenario(body, more)
  more = more or {}
  return kit.write("test.lua",
    FORM:format(more.before or "", more.count or 3, more.key or "run", body))
end

-- Settings and flags of the object by the words of the line, and a list of further ones.
function kit.parse(object, line, more)
  local args = { "--dburl", kit.server:conninfo(), table.unpack(more or {}) }
  for word in (line or ""):gmatch("%S+") do args[#args + 1] = word end
  local settings, _, flags = assert(arguments.parse(args, options.of(object), object.flags))
  return settings, flags
end

-- Run a scenario with the words of the line as options, and a list of further ones.
function kit.run(name, line, more)
  local scenario = assert(catalog.load(name))
  return trial.run(scenario, kit.parse(scenario, line, more))
end

-- Load what bigdata.KIND makes of a table with that body, from a file of the folder; or nil, why.
function kit.load(kind, body)
  return catalog.load(kit.write(kind .. ".lua",
    ('local bigdata = require "bigdata"\nreturn bigdata.%s {\n%s\n}'):format(kind, body)))
end

-- Run a sweep of that body with the words of the line as options: as sweep_run.run.
function kit.sweep(body, line, hooks, earlier)
  local object = assert(kit.load("sweep", body))
  local settings, flags = kit.parse(object, line)
  return sweep_run.run(object, settings, flags, hooks, earlier)
end

-- Run the body in the Lua loop with one worker: the step's result.
function kit.lua(body, line, more)
  local result, message = kit.run(kit.scenario(body, more), "--loop lua -c 1 " .. (line or ""))
  assert(result, message)
  return result.steps[1], result
end

return kit
