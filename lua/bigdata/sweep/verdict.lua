-- sweep/verdict.lua - what bound the trials of a sweep, by the verdicts on their runs. Pure.

local figures = require "bigdata.result.figures"
local text = require "bigdata.text"
local verdict = require "bigdata.verdict"

local sweep_verdict = {}

local function verdict_on(run, step_name)
  for _, step in ipairs(run.steps) do
    local judged = step.name == step_name and step.verdict
    local cause = judged and judged.causes and judged.causes[1]
    if cause then return cause.cause end
  end
end

-- The cause that most verdicts on a trial's step name, in words, how many of them do, and how many
-- runs have come to their end; nil where none names any.
function sweep_verdict.of(item, step_name)
  local counts, most, runs = {}, nil, 0
  for _, run in ipairs(item.runs) do
    local done = run.ended == "done"
    local cause = done and verdict_on(run, step_name)
    runs = runs + (done and 1 or 0)
    if cause then
      counts[cause] = (counts[cause] or 0) + 1
      if not most or counts[cause] > counts[most] then most = cause end
    end
  end
  if most then return verdict.name(most), counts[most], runs end
end

-- The causes in order, each with the trials that it bound: { cause=, { item=, count= how many
-- verdicts on it say so, runs= of how many }, ... }; none where no run was judged.
function sweep_verdict.causes(result)
  local step_name, found, list = figures.main_step(result).name, {}, {}
  for _, item in ipairs(result.trials) do
    local cause, count, runs = sweep_verdict.of(item, step_name)
    if cause then
      found[cause] = found[cause] or { cause = cause }
      table.insert(found[cause], { item = item, count = count, runs = runs })
    end
  end
  for i, cause in ipairs(text.keys(found)) do list[i] = found[cause] end
  return list
end

-- "x (2 of 3)", of one that a cause has bound; "x" if all verdicts say so.
function sweep_verdict.counted(label, one)
  return one.count < one.runs and ("%s (%d of %d)"):format(label, one.count, one.runs) or label
end

local WIDTH = 76

-- The same as lines.
function sweep_verdict.lines(result)
  local lines = {}
  for _, found in ipairs(sweep_verdict.causes(result)) do
    local labels = {}
    for i, one in ipairs(found) do labels[i] = sweep_verdict.counted(one.item.label, one) end
    local words = text.words(("%s: %s"):format(found.cause, table.concat(labels, "; ")))
    lines[#lines + 1] = "  " .. text.wrap(words, WIDTH, "    ")
  end
  if #lines > 0 then
    table.insert(lines, 1, ("What bound the step %s, by the verdicts on its runs:")
      :format(figures.main_step(result).name))
  end
  return lines
end

return sweep_verdict
