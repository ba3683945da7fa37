-- report/sweep.lua - the result of a sweep as text: one table, a line for each trial, and how they
-- compare. Pure: a table in, a string out.

local core_version = require "bigdata.core".version
local comparison_report = require "bigdata.report.comparison"
local figures = require "bigdata.result.figures"
local options = require "bigdata.cli.options"
local report = require "bigdata.report"
local settings = require "bigdata.scenario.settings"
local statistics = require "bigdata.statistics"
local sweep_comparison = require "bigdata.sweep.comparison"
local sweep_verdict = require "bigdata.sweep.verdict"
local table_text = require "bigdata.report.table"
local text = require "bigdata.text"

local sweep_report = {}

--- Cells.

local function rate_cell(rates)
  return #rates > 0 and text.count(statistics.median(rates)) or "-"
end

local function spread_cell(rates)
  if #rates < 2 then return "-" end
  return ("%s..%s"):format(text.count(math.min(table.unpack(rates))),
    text.count(math.max(table.unpack(rates))))
end

local function cpu_cell(values)
  return #values > 0 and ("%.1f"):format(statistics.median(values)) or "-"
end

local function lock_cell(values)
  return #values > 0 and ("%.1f %%"):format(math.min(statistics.median(values), 1) * 100) or "-"
end

local function bytes_cell(values)
  return #values > 0 and text.count(math.floor(statistics.median(values) + 0.5)) or "-"
end

-- Mostly far below one.
local function round_trips_cell(values)
  return #values > 0 and ("%.3g"):format(statistics.median(values)) or "-"
end

-- first: the first trial's figures.
local function factor_cell(values, first)
  if #values == 0 or #first == 0 then return "-" end
  return ("%.2f"):format(statistics.median(values) / statistics.median(first))
end

-- In the place of figures, where there are none.
local function missing(item)
  local last = item.runs[#item.runs]
  if not last then return "not run" end
  if last.ended == "done" then return "-" end -- another program, which does not tell of this step
  return last.ended == "interrupted" and "interrupted" or "failed"
end

--- The table.

-- The settings that are not the same in all trials.
local function varied(result)
  local names, first = {}, result.trials[1]
  for _, name in ipairs(result.names) do
    for _, item in ipairs(result.trials) do
      if item.shown[name] ~= first.shown[name] then
        names[#names + 1] = name
        break
      end
    end
  end
  return names
end

local function any_lock(result)
  for _, item in ipairs(result.trials) do
    if item.shown.loop == "lua" and item.shown.lua_state == "shared" then return true end
  end
  return false
end

-- What is told of ways of shipping rows besides, where trials differ in that.
local SHIPPING = {
  { title = "server us/row", figure = figures.SERVER_CPU, cell = cpu_cell },
  { title = "WAL bytes/row", figure = figures.WAL, cell = bytes_cell },
  { title = "round trips/row", figure = figures.ROUND_TRIPS, cell = round_trips_cell },
  { title = "factor", figure = figures.RATE, cell = factor_cell },
}

local function any_shipping(result)
  for _, name in ipairs(varied(result)) do
    if name == "insert" then return true end
  end
  return false
end

local function columns(result)
  local list = {}
  for _, name in ipairs(varied(result)) do
    list[#list + 1] = { title = options.dashed(name), name = name, left = true }
  end
  list[#list + 1] = { title = "rows/s", figure = figures.RATE, cell = rate_cell }
  if result.repeats > 1 then
    list[#list + 1] = { title = "min..max", figure = figures.RATE, cell = spread_cell }
  end
  list[#list + 1] = { title = "CPU us/row", figure = figures.CPU, cell = cpu_cell }
  if any_lock(result) then
    list[#list + 1] = { title = "for the lock", figure = figures.LOCK, cell = lock_cell }
  end
  if any_shipping(result) then table.move(SHIPPING, 1, #SHIPPING, #list + 1, list) end
  return list
end

local function cells(list, item, step_name, first)
  local row, absent = {}, #figures.list(item, step_name, figures.RATE) == 0
  for n, column in ipairs(list) do
    if column.name then
      local value = item.shown[column.name]
      row[n] = value == nil and "-" or settings.shown(value)
    elseif absent then
      row[n] = column.cell == rate_cell and missing(item) or "-"
    else
      row[n] = column.cell(figures.list(item, step_name, column.figure),
        figures.list(first, step_name, column.figure))
    end
  end
  return row
end

-- The rows of cells: a title row, and for each step its name and a row for each trial.
local function rows_of(result, list)
  local rows = { {} }
  for n, column in ipairs(list) do rows[1][n] = column.title end
  for _, name in ipairs(result.steps) do
    rows[#rows + 1] = figures.without_rows(result.trials, name) and name .. " (records)" or name
    for _, item in ipairs(result.trials) do
      rows[#rows + 1] = cells(list, item, name, result.trials[1])
    end
  end
  return rows
end

local function table_lines(result)
  local list = columns(result)
  return table_text.lines(rows_of(result, list), list, "  ")
end

--- What else is said.

local SHOWN = {
  "engine", "jobs", "loop", "lua_state", "poolsize", "protocol", "autocommit", "limit", "time",
  "delay", "warmup",
}

-- The first trial's value of a setting where it is the same in all others that have it.
local function common_value(result, name)
  local common = result.trials[1].shown[name]
  for _, item in ipairs(result.trials) do
    local value = item.shown[name]
    if value ~= nil and value ~= common then return nil end
  end
  return common
end

-- The settings that all trials share, as far as they say something.
local function in_common(result)
  local differs, parts = {}, {}
  for _, name in ipairs(varied(result)) do differs[name] = true end
  for _, name in ipairs(SHOWN) do
    local value = common_value(result, name)
    if value ~= nil and value ~= 0 and not differs[name] then
      parts[#parts + 1] = ("%s %s"):format(options.dashed(name), settings.shown(value))
    end
  end
  return table.concat(parts, ", ")
end

local function heading(result)
  local times = result.repeats > 1 and (", %d times each"):format(result.repeats) or ""
  local lines = {
    ("bigdata %s: %s, %s"):format(core_version, result.name, result.summary),
    "",
    ("  scenario  %s"):format(result.scenario),
    ("  trials    %s, in turns%s"):format(text.count(#result.trials), times),
    ("  all with  %s"):format(in_common(result)),
  }
  if result.server then lines[#lines + 1] = report.server_line(result.server, "sweep") end
  return lines
end

-- The runs that came to no good end, each with what is known about it.
local function problems(result)
  local lines = {}
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
      end
    end
  end
  return lines
end

local function notes(result)
  local lines = { "", "CPU us/row: processor time of this program for a row, in microseconds" }
  if any_lock(result) then
    lines[#lines + 1] = "for the lock: share of the workers' time spent waiting for the interpreter"
  end
  if any_shipping(result) then
    lines[#lines + 1] = "server us/row: processor time of the server for our connections"
    lines[#lines + 1] = "round trips/row: how often a connection waited for an answer"
    lines[#lines + 1] = "factor: rows/s, as a multiple of the first line's"
  end
  local bad = problems(result)
  if #bad > 0 then lines[#lines + 1] = "" end
  table.move(bad, 1, #bad, #lines + 1, lines)
  return lines
end

local function drift_lines(result)
  local found = sweep_comparison.drift(result)
  if not found or not found.found then return {} end
  return { "", ("The rates drifted over the sweep, by %+.0f %% from the first run to the last: all "
    .. "trials alike,"):format(found.change * 100),
    "since they took turns; but figures of other sweeps are not to be compared with these." }
end

local function verdict_lines(result)
  local lines = sweep_verdict.lines(result)
  if #lines > 0 then table.insert(lines, 1, "") end
  return lines
end

-- How the trials compare with the first one, where they were run often enough for that to be said.
local function comparison_lines(result)
  if result.repeats < 2 or #result.trials < 2 then return {} end
  local sections = sweep_comparison.sections(result)
  if #sections == 0 then return {} end
  local lines = { "", ("Compared with %s:"):format(result.trials[1].label), "" }
  local found = comparison_report.lines(sections, "")
  table.move(found, 1, #found, #lines + 1, lines)
  lines[#lines + 1] = ""
  return table.move(comparison_report.NOTES, 1, #comparison_report.NOTES, #lines + 1, lines)
end

-- The whole report, ending in a line feed.
function sweep_report.text(result)
  local lines = heading(result)
  lines[#lines + 1] = ""
  local parts = {
    table_lines(result), notes(result), comparison_lines(result), verdict_lines(result),
    drift_lines(result),
  }
  for _, part in ipairs(parts) do table.move(part, 1, #part, #lines + 1, lines) end
  return table.concat(lines, "\n") .. "\n"
end

-- The rates alone, a line for each trial.
function sweep_report.lines(result)
  local lines = {}
  for n, item in ipairs(result.trials) do
    local rates = {}
    for _, name in ipairs(result.steps) do
      local found = figures.list(item, name, figures.RATE)
      local unit = figures.without_rows(result.trials, name) and "records/s" or "rows/s"
      if #found > 0 then
        rates[#rates + 1] = ("%s %s %s"):format(name, rate_cell(found), unit)
      end
    end
    lines[n] = ("%s: %s\n"):format(item.label,
      #rates > 0 and table.concat(rates, ", ") or missing(item))
  end
  return table.concat(lines)
end

return sweep_report
