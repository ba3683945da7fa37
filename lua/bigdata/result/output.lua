-- result/output.lua - files that are written after a run, but must be known to be writable before
-- it.

local lfs = require "lfs"

local output = {}

local Output = {}
Output.__index = Output

-- Put the text into the file: true, or nil, why.
local function put(path, mode, text)
  local file, message = io.open(path, mode)
  if not file then return nil, message end
  local good, problem = file:write(text)
  local closed, late = file:close() -- a full disk may be noticed only here
  if good and closed then return true end
  return nil, ("%s: %s"):format(path, problem or late)
end

-- Do two files differ in nothing but what they hold, so that one may take the other's place?
local function are_alike(path, other)
  local one, two = lfs.symlinkattributes(path), lfs.symlinkattributes(other)
  for _, key in ipairs { "mode", "permissions", "uid", "gid", "nlink" } do
    if not (one and two and one[key] == two[key]) then return false end
  end
  return true
end

-- Put the text in the place of what the file holds, at once if that can be done: what it held then
-- stays where the disk is full, or the program killed. True, or nil, why.
local function replace(path, text)
  if lfs.symlinkattributes(path, "mode") ~= "file" then return put(path, "w", text) end
  local beside = path .. ".part"
  local good, message = put(beside, "w", text)
  local alike = are_alike(path, beside)
  if good and alike and os.rename(beside, path) then return true end
  os.remove(beside)
  if alike and not good then return nil, message end
  return put(path, "w", text)
end

-- Prepare to write to path; "-": to standard output, with print(text). An earlier file of that name
-- stays as it is until write().
-- @return an output, or nil, message
function output.open(option, path, print)
  if path == "-" then return setmetatable({ print = print, path = path }, Output) end
  local mode = lfs.attributes(path, "mode")
  -- A line end tells whether there is room; an earlier file is not to be touched.
  local good, message = put(path, "a", mode == "file" and "" or "\n")
  if not good then return nil, ("--%s: cannot write to %s"):format(option, message) end
  return setmetatable({ path = path, option = option, new = mode == nil }, Output)
end

-- Nothing came of it: leave no empty file behind.
function Output:drop()
  if not self.print and self.new then os.remove(self.path) end
end

-- Write the text: true, or nil, message.
function Output:write(text)
  if self.print then
    self.print(text)
    return true
  end
  local good, message = replace(self.path, text)
  if good then return true end
  return nil, ("--%s: cannot write to %s"):format(self.option, message)
end

return output
