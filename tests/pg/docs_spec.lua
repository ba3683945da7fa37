-- The examples in the documents: files are written as they are shown, commands run as they stand.
--
-- A block that begins with ```lua NAME (or ```csv NAME, ...) is a file; one that begins with ```sh
-- is run in the folder where the files are; the lines of a ```text block after it are in its
-- output.

local core = require "bigdata.core"
local lfs = require "lfs"

local write = dofile("tests/support/spec_kit.lua").write

local PROGRAM = os.getenv "BIGDATA" or core.home .. "/build/bigdata"

-- The commands say where to connect, and nobody else.
local PRELUDE = [[
unset $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p')
PATH=$PWD/bin:$PATH
set -eu
cd files
exec 2>&1
]]

local function absolute(path)
  return path:find("^/") and path or lfs.currentdir() .. "/" .. path
end

-- The fenced blocks of a document: a list of { language=, name=, text=, line= }.
local function blocks(path)
  local list, block, number = {}, nil, 0
  for line in io.lines(path) do
    number = number + 1
    local language, name = line:match("^```(%w+) ?(.*)$")
    if block and line == "```" then
      list[#list + 1], block = block, nil
    elseif block then
      block.text = block.text .. line .. "\n"
    elseif language then
      block = { language = language, name = name, text = "", line = number }
    end
  end
  assert(not block, path .. ": a block has no end")
  return list
end

local function run(folder, commands)
  write(folder .. "/commands", PRELUDE .. commands)
  local pipe = assert(io.popen(("cd '%s' && sh commands </dev/null"):format(folder)))
  local output = pipe:read("a")
  return pipe:close(), output
end

local function new_folder()
  local folder = os.tmpname()
  os.remove(folder)
  for _, path in ipairs { "", "/bin", "/files" } do assert(lfs.mkdir(folder .. path)) end
  write(folder .. "/bin/bigdata", ('#!/bin/sh\nexec "%s" "$@"\n'):format(absolute(PROGRAM)))
  os.execute(("chmod 755 '%s/bin/bigdata'"):format(folder))
  return folder
end

-- What the document promises of a block is true.
local try = {}

function try.sh(block, state)
  local good, output = run(state.folder, block.text)
  state.output = output
  assert.is_truthy(good, block.text .. output)
end

function try.text(block, state)
  for line in block.text:gmatch("[^\n]+") do
    assert.is_truthy(state.output:find(line:match("^%s*(.-)%s*$"), 1, true),
      line .. "\nis not in\n" .. state.output)
  end
end

-- The files that a block names are used.
local function note_used(block, state)
  for name in block.text:gmatch("[%w_]+%.lua") do state.unused[name] = nil end
end

function try.file(block, state)
  write(("%s/files/%s"):format(state.folder, block.name), block.text)
  state.unused[block.name] = block.language == "lua" or nil
end

-- Try the blocks in their order; wanted(block): is it one to be tried?
local function follow(path, wanted)
  describe(path, function()
    local state = { unused = {} }

    setup(function() state.folder = new_folder() end)
    teardown(function() os.execute(("rm -rf '%s'"):format(state.folder)) end)

    for _, block in ipairs(blocks(core.home .. "/" .. path)) do
      if wanted(block) then
        it(("holds in line %d"):format(block.line), function()
          local attempt = block.name ~= "" and try.file or try[block.language]
          assert.is_function(attempt, "a block without a name")
          attempt(block, state)
          note_used(block, state)
        end)
      end
    end

    it("runs every file that it shows", function() assert.is_nil(next(state.unused)) end)
  end)
end

follow("docs/scenarios.md", function() return true end)
for _, path in ipairs { "docs/result.md", "docs/sweeps.md" } do
  follow(path, function(block) return block.language == "sh" end)
end
follow("README.md", function(block)
  return block.language == "sh" or block.name ~= "" and block.language ~= "text"
end)
