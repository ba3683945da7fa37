-- verdict/conclusion.lua - the verdict on a step of a result, with command lines to try next.

local command_line = require "bigdata.cli.command_line"
local json = require "bigdata.result.json"
local measurements = require "bigdata.verdict.measurements"
local verdict = require "bigdata.verdict"

local conclusion = {}

local function inserts(spec)
  for _, op in ipairs(spec.ops) do
    if op.op == "insert" then return true end
  end
  return false
end

-- Would the option, "--name value", change anything for a step that ran under these settings?
-- @param spec what trace has recorded; nil for the Lua loop
function conclusion.matters(option, settings, spec)
  local name, value = option:match("^%-%-(%S+) (%S+)$")
  if not name then return true end
  if name == "insert" and spec and not inserts(spec) then return false end
  return tostring(settings[(name:gsub("-", "_"))]) ~= value
end

-- The verdict on the step: { causes={ { cause=, share=, gain=, evidence=, next= } }, why= }, where
-- next is a list of command lines; nil where nothing was measured.
-- @param spec what trace has recorded of the step; nil for the Lua loop
function conclusion.of(result, step, spec)
  local measured = measurements.of(result, step)
  if not measured then return nil end
  local judged = verdict.judge(measured)
  for _, cause in ipairs(judged.causes) do
    cause.next = json.array {}
    for _, option in ipairs(cause.try) do
      if conclusion.matters(option, result.settings, spec) then
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
