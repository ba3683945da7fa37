-- report/problems.lua - what went wrong in the runs of a sweep or a search. Pure.

local report = require "bigdata.report"
local text = require "bigdata.text"

local problems = {}

local function why(run)
  if run.error then return run.error.message end
  return run.ended == "errors" and report.stopped_at(run) or run.ended
end

-- The runs that came to no good end: a list of { label= of the trial, with the run's number where
-- it has several, why=, hint= what to do about it, if no other run before has told that }.
function problems.of(result)
  local list, told = {}, {}
  for _, item in ipairs(result.trials) do
    for n, run in ipairs(item.runs) do
      if run.ended ~= "done" then
        local which = result.repeats > 1 and (" (run %d)"):format(run.round or n) or ""
        local hint = run.error and run.error.hint or ""
        list[#list + 1] = {
          label = item.label .. which, why = why(run), hint = told[hint] and "" or hint,
        }
        told[hint] = true
      end
    end
  end
  return list
end

-- What was left out, and the runs that came to no good end, each with what is known about it: a
-- list of lines.
function problems.lines(result)
  local lines = {}
  for _, item in ipairs(result.missing or {}) do
    lines[#lines + 1] = ("%s: left out, %s"):format(item.label, item.why)
  end
  for _, one in ipairs(problems.of(result)) do
    lines[#lines + 1] = ("%s: %s"):format(one.label, text.hang(one.why, "  "))
    if one.hint ~= "" then
      lines[#lines + 1] = "  hint: " .. text.wrap(text.words(one.hint), 72, "  ")
    end
  end
  return lines
end

return problems
