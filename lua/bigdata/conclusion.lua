-- conclusion.lua - the verdict on a step of a result, with command lines to try next.

local command_line = require "bigdata.command_line"
local json = require "bigdata.json"
local measurements = require "bigdata.measurements"
local verdict = require "bigdata.verdict"

local conclusion = {}

-- The verdict on the step: { causes={ { cause=, share=, gain=, evidence=, next= } }, why= }, where
-- next is a list of command lines; nil where nothing was measured.
function conclusion.of(result, step)
  local measured = measurements.of(result, step)
  if not measured then return nil end
  local judged = verdict.judge(measured)
  for _, cause in ipairs(judged.causes) do
    cause.next = json.array {}
    for _, option in ipairs(cause.try) do
      cause.next[#cause.next + 1] = command_line.with(result.arguments, option)
    end
    cause.try = nil
    json.array(cause.evidence)
  end
  json.array(judged.causes)
  return judged
end

return conclusion
