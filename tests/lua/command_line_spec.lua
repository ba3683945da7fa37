-- Settings and flags as the command line that would run the same again.

local arguments = require "bigdata.cli.arguments"
local bigdata = require "bigdata"
local command_line = require "bigdata.cli.command_line"
local lfs = require "lfs"
local options = require "bigdata.cli.options"

local scenario = bigdata.scenario { summary = "a test" }
scenario.name = "test"
scenario:flag "directory" { type = "path", default = "data", help = "a folder" }
scenario:flag "fast" { type = "boolean", default = false, help = "a switch" }
scenario:flag "tidy" { type = "boolean", default = true, help = "another" }

-- The words that come out of what went in on the command line.
local function again(line)
  local args = {}
  for word in line:gmatch("%S+") do args[#args + 1] = word end
  local settings, _, flags = assert(arguments.parse(args, options.of(scenario), scenario.flags))
  return table.concat(command_line.of(scenario, settings, flags), " ")
end

describe("a command line", function()
  it("has what differs from the defaults", function()
    assert.equal("test", again "")
    assert.equal("test --poolsize 4 --engine poll --limit 7", again "-t 7 --engine=poll -c 4")
    assert.equal("test", again "--poolsize 15 --quiet --dburl host=/secret")
  end)

  it("begins with the scenario's path where it is not found by its name", function()
    scenario.word = "sub/test.lua"
    local line = again "--limit 7"
    scenario.word = nil
    assert.equal("sub/test.lua --limit 7", line)
  end)

  it("has a 0 that is not the default", function()
    assert.equal("test --queue 0 --monitor 0", again "--queue 0 --monitor 0")
    assert.equal("test", again "--limit 0")
    scenario.settings = { insert = "copy", insert_batch = 100 }
    local line = again "--insert-batch 0"
    scenario.settings = nil
    assert.equal("test --insert-batch 0", line)
  end)

  it("has switches and the scenario's flags", function()
    assert.equal("test --no-autocommit --preload --directory here --fast",
      again "--no-autocommit --preload --directory here --fast")
  end)

  it("tells that a switch is off which is on by default", function()
    assert.equal("test --no-tidy", again "--no-tidy")
    assert.equal("test", again "--tidy")
  end)

  it("has no default path that is found among the program's own files", function()
    local installed = bigdata.scenario { summary = "another test" }
    installed.name = "installed"
    installed:flag "directory" { type = "path", default = "data/sample", help = "a folder" }
    local settings, _, flags
    local here = lfs.currentdir()
    lfs.chdir "tests"
    settings, _, flags = assert(arguments.parse({}, options.of(installed), installed.flags))
    local words = command_line.of(installed, settings, flags)
    lfs.chdir(here)
    assert.is_truthy(flags.directory:find "^/")
    assert.same({ "installed" }, words)
  end)

  it("is understood as it was meant", function()
    local line = again "--no-autocommit -T 1.5 -c 3 --directory here"
    assert.equal(line, again((line:gsub("^test ?", ""))))
  end)

  it("takes an option more, in the place of the same one", function()
    local words = { "test", "--poolsize", "4", "--limit", "7" }
    assert.equal("bigdata test --limit 7 --poolsize 10",
      command_line.with(words, "--poolsize 10"))
    assert.equal("bigdata test --poolsize 4 --limit 7 --preload",
      command_line.with(words, "--preload"))
    assert.equal("bigdata test --x 'a b' --preload",
      command_line.with({ "test", "--x", "a b" }, "--preload"))
  end)

  it("has nothing that is for the Lua loop alone without that", function()
    assert.equal("test --loop lua --lua-state shared --lua-memory 9",
      again "--loop lua --lua-state shared --lua-memory 9")
    assert.equal("test", again "--loop c --lua-state shared --lua-memory 9")
    assert.equal("bigdata test --limit 7 --loop c", command_line.with({
      "test", "--loop", "lua", "--lua-state", "shared", "--lua-memory", "9", "--limit", "7",
    }, "--loop c"))
  end)

  it("takes no option that there is not", function()
    assert.is_nil(command_line.with({ "test" }, "--no-such-option 3"))
  end)
end)
