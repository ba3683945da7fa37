-- spec_kit.lua - what specs of all kinds need: files, and calls that are to raise errors.

local assert = require "luassert"
local core = require "bigdata.core"
local lfs = require "lfs"

local kit = {}

-- Write a file; returns its path.
function kit.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

-- Remove a folder and the files in it.
function kit.remove_folder(path)
  for name in lfs.dir(path) do
    if name ~= "." and name ~= ".." then os.remove(path .. "/" .. name) end
  end
  lfs.rmdir(path)
end

-- The call raises an error that holds the text.
function kit.raises(text, f, ...)
  local good, problem = pcall(f, ...)
  assert.is_false(good, "no error where one is wanted: " .. text)
  assert.is_truthy(tostring(problem):find(text, 1, true),
    ("the error is: %s; wanted: %s"):format(tostring(problem), text))
  return problem
end

-- The same, of an error that begins with a line of the caller's file.
function kit.raises_here(text, f, ...)
  local problem = kit.raises(text, f, ...)
  assert.equal(debug.getinfo(2, "S").short_src, tostring(problem):match("^(.-):%d+: "))
end

-- How many descriptors this process has open.
local function descriptors()
  local count = 0
  for _ in lfs.dir "/proc/self/fd" do count = count + 1 end
  return count
end

-- What f opens and drops, 20 descriptors at least, is closed by the collector.
function kit.is_collected(f)
  collectgarbage()
  local before = descriptors()
  collectgarbage "stop"
  f()
  local most = descriptors()
  collectgarbage "restart"
  collectgarbage()
  assert.is_true(most >= before + 20, most)
  assert.equal(before, descriptors())
end

-- Does the process, that of the number given as text, run no more, or end at once?
function kit.ends(pid)
  for _ = 1, 1000 do
    local file <close> = io.open(("/proc/%s/stat"):format(assert(pid)))
    local stat = file and file:read("a")
    if not stat or stat:find("%) [ZX]") then return true end
    core.wait(0.01)
  end
  return false
end

-- A number of the normal distribution with mean 0 and standard deviation 1 (Box and Muller), by a
-- generator of statistics/random.
function kit.normal(generator)
  local radius = math.sqrt(-2 * math.log(1 - generator:number()))
  return radius * math.cos(2 * math.pi * generator:number())
end

return kit
