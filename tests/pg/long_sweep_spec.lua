-- A very long sweep on the command line: who is asked whether it is to go on, and what the answer
-- does.

local cli = require "bigdata.cli"
local core = require "bigdata.core"

local kit = dofile "tests/support/scenario_kit.lua"

local interrupted = core.interrupted

local function stream(write)
  return {
    write = function(_, words)
      write(words)
      return true
    end,
    flush = function() return true end,
  }
end

setup(function() kit.open(20) end)
teardown(kit.close)
after_each(function() core.interrupted = interrupted end)

-- Begin a sweep of 501 runs, where the user, if there is one, answers so; as if interrupted with
-- the third one: the exit status, what is said, and how often the user is asked.
local function bigdata(user, ...)
  local said, asked, third = "", 0, false
  core.interrupted = function() return third end
  local status = cli.main({
    kit.scenario('db:exec("select $1::int", row.n)', { key = "each", count = 1 }),
    "--vary", "limit=1..501", "-c", "1", "--dburl", kit.server:conninfo(), ...,
  }, {
    out = stream(function() end),
    err = stream(function(words)
      said = said .. words
      third = third or words:find("trial 3 of 501", 1, true) ~= nil
    end),
    answer = user and function()
      asked = asked + 1
      return user.answer
    end,
  })
  return status, said, asked
end

local function has(words, text)
  assert.is_truthy(text:find(words), text)
end

describe("a very long sweep", function()
  for _, answer in ipairs { "n", "", "Nay" } do
    it(("ends with its first run where the user answers '%s'"):format(answer), function()
      local status, said, asked = bigdata { answer = answer }
      assert.equal(130, status)
      assert.equal(1, asked)
      has("trial 1 of 501: [^\n]+\n500 more runs will take about [%d:]+%. Go on%? %[y/N%] $", said)
    end)
  end

  it("ends with its first run where the user's input is at its end", function()
    local status, said, asked = bigdata {}
    assert.same({ 130, 1 }, { status, asked })
    has("Go on%? %[y/N%] $", said)
  end)

  for _, answer in ipairs { "y", "Yes" } do
    it("goes on where the user answers " .. answer, function()
      local _, said, asked = bigdata { answer = answer }
      assert.equal(1, asked)
      has("Go on%? %[y/N%] trial 2 of 501 ", said)
      has("trial 3 of 501 ", said)
    end)
  end

  it("asks nobody with --yes", function()
    for _, user in ipairs { { answer = "n" }, false } do
      local _, said, asked = bigdata(user, "--yes")
      assert.equal(0, asked)
      has("trial 3 of 501 ", said)
    end
  end)
end)
