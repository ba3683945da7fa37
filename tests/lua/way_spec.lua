-- trial/way: what a proxy takes of the processor is not the client's.

local ways = require "bigdata.trial.way"

local function outcome()
  return { cpu_user_seconds = 2, cpu_system_seconds = 3 }
end

it("a straight way leaves the account as it is", function()
  local way <close> = ways.open("dbname=test", 0)
  assert.equal("dbname=test", way.conninfo)
  local step = outcome()
  way:begin()
  way:settle(step)
  assert.same(outcome(), step)
end)

it("what the proxy has used since the step's beginning is taken out of the account", function()
  local way = ways.open("dbname=test", 0)
  local used = { 10, 20 }
  way.proxy = { used = function() return used[1], used[2] end }
  way:begin()
  used = { 10.5, 21 }
  local step, other = outcome(), outcome()
  way:settle(step)
  assert.same({ cpu_user_seconds = 1.5, cpu_system_seconds = 2 }, step)
  way:settle(other) -- a step that never began
  assert.same(outcome(), other)
end)
