-- catalog.lua - finds scenario files, by path or by name, and loads them.

local core = require "bigdata.core"
local failure = require "bigdata.failure"
local lfs = require "lfs"
local scenario = require "bigdata.scenario"
local text = require "bigdata.text"

local catalog = {}

-- Where names are looked up, in this order.
local function folders()
  return { "scenarios", core.home .. "/scenarios" }
end

local function is_file(path)
  return lfs.attributes(path, "mode") == "file"
end

-- Every scenario that can be named: a list of { name, path } in order of names.
function catalog.names()
  local found, list = {}, {}
  for _, folder in ipairs(folders()) do
    if lfs.attributes(folder, "mode") == "directory" then
      for entry in lfs.dir(folder) do
        local name = entry:match("^([^.].*)%.lua$")
        if name and not found[name] then
          found[name] = true
          list[#list + 1] = { name = name, path = folder .. "/" .. entry }
        end
      end
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

-- The file that a path or a name stands for; nil if there is none.
function catalog.find(name)
  if name:find("/", 1, true) or name:find("%.lua$") then
    return is_file(name) and name or nil
  end
  for _, folder in ipairs(folders()) do
    local path = ("%s/%s.lua"):format(folder, name)
    if is_file(path) then return path end
  end
  return is_file(name) and name or nil
end

local function not_found(name)
  local names = {}
  for _, entry in ipairs(catalog.names()) do names[#names + 1] = entry.name end
  local base = name:match("([^/]*)$"):gsub("%.lua$", "")
  local near = text.near(base, names)
  return failure.new(("there is no scenario %s"):format(name),
    near and ("did you mean %s?"):format(near)
    or "give the path of a scenario file, or a name that bigdata list shows")
end

local function evaluate(path)
  local chunk, problem = loadfile(path, "t")
  if not chunk then failure.raise(problem) end
  local object = chunk()
  if not scenario.is(object) then
    failure.raise(("%s returns %s, not a scenario"):format(path,
      object == nil and "nothing" or "a " .. type(object)),
      "end the file with: return scenario")
  end
  if #object.steps == 0 then
    failure.raise(("%s: the scenario has no step"):format(path),
      'add one: scenario:step "name" { source = ..., each = ... }')
  end
  return object
end

-- Load a scenario by path or name: the scenario, with its name and its path, or nil, message, info.
function catalog.load(name)
  local path = catalog.find(name)
  if not path then
    local problem = not_found(name)
    return nil, problem.message, problem
  end
  local object, message, info = failure.protect(evaluate, path)
  if not object then return nil, message, info end
  object.path = path
  object.name = path:match("([^/]*)$"):gsub("%.lua$", "")
  return object
end

return catalog
