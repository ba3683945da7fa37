-- scenario/catalog.lua - finds scenario files, by path or by name, and loads them.

local core = require "bigdata.core"
local environment = require "bigdata.scenario.environment"
local failure = require "bigdata.failure"
local lfs = require "lfs"
local scenario = require "bigdata.scenario"
local search = require "bigdata.search"
local settings = require "bigdata.scenario.settings"
local sweep = require "bigdata.sweep"
local tables = require "bigdata.tables"
local variant = require "bigdata.variant"

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

-- The file that a path or a name stands for in another scenario's file: first what stands beside
-- it, and never the file itself.
local function find_beside(name, asking)
  local beside = name:find("^/") and "" or asking:match("^.*/") or ""
  local places = { beside .. name, ("%s%s.lua"):format(beside, name) }
  for _, folder in ipairs(folders()) do places[#places + 1] = ("%s/%s.lua"):format(folder, name) end
  for _, path in ipairs(places) do
    if path ~= asking and is_file(path) then return path end
  end
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

-- where: what the message begins with, if anything.
local function not_found(name, where)
  local base = name:match("([^/]*)$"):gsub("%.lua$", "")
  local near = core.near(base, tables.names(catalog.names()))
  return failure.new(("%sthere is no scenario %s"):format(where or "", name),
    near and ("did you mean %s?"):format(near)
    or "give the path of a scenario file, or a name that bigdata list shows")
end

local function read(path)
  local chunk, problem = loadfile(path, "t", environment.new())
  if not chunk then failure.raise(problem) end
  return core.breakable(chunk)
end

local function check_scenario(object, path)
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

-- So many scenarios may stand on one another.
local DEEPEST = 8

-- A file's scenario, or sweep, with its name, its path, and the word by which a command line finds
-- it. depth: how many others stand on it.
local function evaluate(path, depth)
  if depth > DEEPEST then
    failure.raise(("%s: too many scenarios stand on one another, perhaps in a circle"):format(path))
  end
  local object = read(path)
  local standing = variant.is(object) and variant or sweep.is(object) and sweep
    or search.is(object) and search
  if standing then
    object = standing.resolve(object, path, function(name)
      local found = find_beside(name, path)
      if not found then error(not_found(name, path .. ": "), 0) end
      return evaluate(found, depth + 1)
    end)
  else
    check_scenario(object, path)
    object.name = path
    settings.set_defaults(object, settings.read(path, object, object.settings or {}))
  end
  object.path = path
  object.name = path:match("([^/]*)$"):gsub("%.lua$", "")
  object.word = catalog.find(object.name) == path and object.name or path
  return object
end

-- Load a scenario, or a sweep, by path or name: the object, with its name, path and word, or nil,
-- message, info.
function catalog.load(name)
  local path = catalog.find(name)
  if not path then
    local problem = not_found(name)
    return nil, problem.message, problem
  end
  return failure.protect(evaluate, path, 0)
end

return catalog
