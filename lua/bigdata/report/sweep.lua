-- report/sweep.lua - the result of a sweep as text: the table of its trials, and how they compare.
-- Pure: a table in, a string out.

local comparison_report = require "bigdata.report.comparison"
local figures = require "bigdata.result.figures"
local problems = require "bigdata.report.problems"
local report = require "bigdata.report"
local sweep_comparison = require "bigdata.sweep.comparison"
local sweep_verdict = require "bigdata.sweep.verdict"
local table_text = require "bigdata.report.table"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local trials = require "bigdata.report.trials"

local sweep_report = {}

--- What else is said.

-- The version of the program that has measured; nil if no run tells.
local function version_of(result)
  for _, item in ipairs(result.trials) do
    for _, run in ipairs(item.runs) do
      if run.environment then return run.environment.bigdata end
    end
  end
end

local function heading(result)
  local times = result.repeats > 1 and (", %d times each"):format(result.repeats) or ""
  local lines = {
    report.title(result.name, result.summary, version_of(result)),
    "",
    ("  scenario  %s"):format(result.scenario),
    ("  trials    %s, in turns%s"):format(text.count(#result.trials), times),
    trials.heading_line(result),
  }
  if result.server then lines[#lines + 1] = report.server_line(result.server, "sweep") end
  return lines
end

-- The steps whose sources ended before the runs' limits: a list of lines.
local function source_lines(result)
  local lines, found = {}, {}
  for _, item in ipairs(result.trials) do
    for _, run in ipairs(item.runs) do
      for _, step in ipairs(run.ended == "done" and run.steps or {}) do
        local limits = report.ended_before(run.settings, step)
        local one = found[step.name] or { count = 0, runs = 0 }
        one.runs, one.limits = one.runs + 1, limits or one.limits
        one.count, found[step.name] = one.count + (limits and 1 or 0), one
      end
    end
  end
  for _, name in ipairs(result.steps) do
    local one = found[name]
    if one and one.limits then
      lines[#lines + 1] = ("%s: the source ended before %s in %d of %s"):format(name, one.limits,
        one.count, text.plural(one.runs, "run"))
    end
  end
  return lines
end

local function table_lines(result)
  local rows, columns = trials.table_of(result)
  local lines = table_text.lines(rows, columns, "  ")
  lines[#lines + 1] = ""
  tables.append(lines, trials.notes(result))
  tables.append(lines, source_lines(result))
  local bad = problems.lines(result)
  if #bad > 0 then lines[#lines + 1] = "" end
  return tables.append(lines, bad)
end

local function drift_lines(result)
  local found = sweep_comparison.drift(result)
  if not found or not found.found then return {} end
  local words = ("The rates drifted over the sweep, by %+.0f %% from the first run to the last: "
    .. "all trials alike, since they took turns; but figures of other sweeps are not to be "
    .. "compared with these."):format(found.change * 100)
  return { "", text.wrap(text.words(words), 80, "") }
end

local function verdict_lines(result)
  local lines = sweep_verdict.lines(result)
  if #lines > 0 then table.insert(lines, 1, "") end
  return lines
end

-- How the trials compare, where they were run often enough for that to be said.
local function comparison_lines(result)
  if result.repeats < 2 or #result.trials < 2 then return {} end
  local sections = sweep_comparison.sections(result)
  if #sections == 0 then return {} end
  local lines = { "", ("Compared with %s:"):format(sweep_comparison.base(result)), "" }
  local sentences = sweep_comparison.sentences(result)
  for _, sentence in ipairs(sentences) do
    lines[#lines + 1] = "  " .. text.wrap(text.words(sentence), 76, "    ")
  end
  if #sentences > 0 then lines[#lines + 1] = "" end
  tables.append(lines, comparison_report.lines(sections))
  lines[#lines + 1] = ""
  return tables.append(lines, comparison_report.NOTES)
end

-- The whole report, ending in a line feed.
function sweep_report.text(result)
  local lines = heading(result)
  lines[#lines + 1] = ""
  local parts = {
    table_lines(result), comparison_lines(result), verdict_lines(result),
    drift_lines(result),
  }
  for _, part in ipairs(parts) do tables.append(lines, part) end
  return table.concat(lines, "\n") .. "\n"
end

-- The rates alone, a line for each trial.
function sweep_report.lines(result)
  local lines, steps = {}, {}
  for i, name in ipairs(result.steps) do steps[i] = figures.step(result.trials, name) end
  for n, item in ipairs(result.trials) do
    local rates = {}
    for _, step in ipairs(steps) do
      local found = figures.list(item, step, figures.RATE)
      if #found > 0 then
        rates[#rates + 1] = ("%s %s %s"):format(step.name, trials.rate(found),
          figures.unit(step, figures.RATE))
      end
    end
    lines[n] = ("%s: %s\n"):format(item.label,
      #rates > 0 and table.concat(rates, ", ") or trials.missing(item))
  end
  return table.concat(lines)
end

return sweep_report
