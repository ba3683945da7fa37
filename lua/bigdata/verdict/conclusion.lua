-- verdict/conclusion.lua - the verdict on a step of a result, with command lines to try next.

local command_line = require "bigdata.cli.command_line"
local foresight = require "bigdata.step.foresight"
local json = require "bigdata.result.json"
local measurements = require "bigdata.verdict.measurements"
local options = require "bigdata.cli.options"
local tables = require "bigdata.tables"
local verdict = require "bigdata.verdict"

local conclusion = {}

local function inserts(compiled)
  if not compiled.spec then
    return foresight.inserts(compiled.step.run or compiled.step.each)
  end
  for _, op in ipairs(compiled.spec.ops) do
    if op.op == "insert" then return true end
  end
  return false
end

-- Do the scenario's steps have what can be compiled?
local function plannable(steps)
  for _, step in ipairs(steps) do
    if not (step.each or step.plan) then return false end
  end
  return true
end

-- Fewer of these than there are would be a step back.
local MORE = { commit_every = true, monitor = true }

-- Would the option, "--name value" or "--name", change anything for a step that ran under these
-- settings, and be allowed?
-- @param compiled the step, as compile.steps gives it
-- @param steps all of the scenario
function conclusion.matters(option, settings, compiled, steps)
  local name, value = option:match("^%-%-(%S+) ?(%S*)$")
  local key = name:gsub("-", "_")
  if value == "" then return not settings[key] end
  if key == "insert" and not inserts(compiled) then return false end
  if option == "--insert copy" and settings.insert == "copy-binary" then return false end
  if option == "--loop c" and not plannable(steps) then return false end
  if MORE[key] and settings[key] >= tonumber(value) then return false end
  -- Batches of rows have transactions of their own.
  if key == "commit_every" and settings.insert_batch > 0 then return false end
  local changed = tables.copy(settings, { [key] = math.tointeger(value) or value })
  return tostring(settings[key]) ~= value and options.check(changed) ~= nil
end

-- The verdict on the step: { causes={ { cause=, share=, gain=, evidence=, next= } }, why= }, where
-- next is a list of command lines; nil where nothing was measured.
-- @param compiled the step, as compile.steps gives it
-- @param steps all of the scenario
function conclusion.of(result, step, compiled, steps)
  local measured = measurements.of(result, step)
  if not measured then return nil end
  local judged = verdict.judge(measured)
  for _, cause in ipairs(judged.causes) do
    cause.next = json.array {}
    for _, option in ipairs(cause.try) do
      if conclusion.matters(option, result.settings, compiled, steps) then
        cause.next[#cause.next + 1] = command_line.with(result.arguments, option)
      end
    end
    cause.try = nil
    json.array(cause.evidence)
  end
  json.array(judged.causes)
  return judged
end

return conclusion
