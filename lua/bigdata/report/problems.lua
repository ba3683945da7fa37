-- report/problems.lua - what went wrong in the runs of a sweep or a search, as text. Pure.

local report = require "bigdata.report"
local text = require "bigdata.text"

local problems = {}

-- What to do about it stands once, below the first run that it concerns.
local function add_hint(lines, told, run)
  local hint = run.error and run.error.hint or ""
  if hint ~= "" and not told[hint] then
    told[hint] = true
    lines[#lines + 1] = "  hint: " .. text.wrap(text.words(hint), 72, "  ")
  end
end

-- What was left out, and the runs that came to no good end, each with what is known about it: a
-- list of lines.
function problems.lines(result)
  local lines, told = {}, {}
  for _, item in ipairs(result.missing or {}) do
    lines[#lines + 1] = ("%s: left out, %s"):format(item.label, item.why)
  end
  for _, item in ipairs(result.trials) do
    for n, run in ipairs(item.runs) do
      if run.ended ~= "done" then
        local which = result.repeats > 1 and (" (run %d)"):format(run.round or n) or ""
        local why = run.error and run.error.message
          or run.ended == "errors" and report.stopped_at(run) or run.ended
        lines[#lines + 1] = ("%s%s: %s"):format(item.label, which, text.hang(why, "  "))
        add_hint(lines, told, run)
      end
    end
  end
  return lines
end

return problems
