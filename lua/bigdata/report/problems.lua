-- report/problems.lua - what went wrong in the runs of a sweep or a search. Pure.

local report = require "bigdata.report"
local text = require "bigdata.text"

local problems = {}

local function why(run)
  if run.error then return run.error.message end
  return run.ended == "errors" and report.stopped_at(run) or run.ended
end

-- Add the run of the n-th trial to those that failed likewise.
local function add(group, n, item, which)
  group.runs, group.which = group.runs + 1, which
  local row, kind = group[#group], item.label:gsub("%d+", "")
  if row and row.last == n - 1 and row.kind == kind then
    row[#row + 1], row.last = item.label, n
  elseif not row or row.last < n then
    group[#group + 1] = { item.label, last = n, kind = kind }
  end
end

-- "poolsize 98 to poolsize 400 (303 trials)": the trials of a group, in one those that follow each
-- other and differ in numbers.
local function label_of(group, repeats)
  local parts, trials = {}, 0
  for _, row in ipairs(group) do
    trials = trials + #row
    parts[#parts + 1] = #row > 2 and ("%s to %s"):format(row[1], row[#row])
      or table.concat(row, "; ")
  end
  local label, counts = table.concat(parts, "; "), {}
  if repeats > 1 then
    counts[1] = group.runs == 1 and ("run %d"):format(group.which) or text.plural(group.runs, "run")
  end
  if trials > 1 then counts[#counts + 1] = text.plural(trials, "trial") end
  return #counts == 0 and label or ("%s (%s)"):format(label, table.concat(counts, " of "))
end

-- The runs that came to no good end, those for the same reason in one: a list of { label= of their
-- trials, with how many they are, where trials have several runs, why=, hint= what to do about it,
-- if none before has told that }.
function problems.of(result)
  local groups, known, told = {}, {}, {}
  for n, item in ipairs(result.trials) do
    for round, run in ipairs(item.runs) do
      if run.ended ~= "done" then
        local reason = why(run)
        if not known[reason] then
          known[reason] = { runs = 0, why = reason, hint = run.error and run.error.hint or "" }
          groups[#groups + 1] = known[reason]
        end
        add(known[reason], n, item, run.round or round)
      end
    end
  end
  for i, group in ipairs(groups) do
    groups[i] = {
      label = label_of(group, result.repeats), why = group.why,
      hint = told[group.hint] and "" or group.hint,
    }
    told[group.hint] = true
  end
  return groups
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
