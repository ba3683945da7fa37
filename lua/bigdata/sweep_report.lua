-- sweep_report.lua - the result of a sweep as text: one table, a line for each trial. Pure: a table
-- in, a string out.

local core_version = require "bigdata.core".version
local options = require "bigdata.options"
local report = require "bigdata.report"
local settings = require "bigdata.settings"
local text = require "bigdata.text"

local sweep_report = {}

--- Figures.

local function median(values)
  local sorted = table.move(values, 1, #values, 1, {})
  table.sort(sorted)
  local middle = (#sorted + 1) // 2
  if #sorted % 2 == 1 then return sorted[middle] end
  return (sorted[middle] + sorted[middle + 1]) / 2
end

-- What a step is measured in: rows, or its records if it has no rows.
local function amount(step)
  return step.rows > 0 and step.rows or step.records
end

local FIGURES = {}

function FIGURES.rate(step)
  if step.seconds > 0 then return amount(step) / step.seconds end
end

function FIGURES.cpu_us(step)
  if amount(step) == 0 then return nil end
  return (step.cpu_user_seconds + step.cpu_system_seconds) / amount(step) * 1e6
end

-- The share of the workers' time that went by in waiting for the interpreter's lock.
function FIGURES.lock(step, run_settings)
  if run_settings.loop ~= "lua" or run_settings.lua_state ~= "shared" then return nil end
  if step.seconds > 0 then return step.turn_seconds / (step.seconds * run_settings.poolsize) end
end

-- A figure of the trial's i-th step over all runs that came to their end: a list.
local function over_runs(item, i, figure)
  local values = {}
  for _, run in ipairs(item.runs) do
    if run.ended == "done" then
      values[#values + 1] = FIGURES[figure](run.steps[i], item.shown)
    end
  end
  return values
end

--- Cells.

local function rate_cell(rates)
  return #rates > 0 and text.count(median(rates)) or "-"
end

local function spread_cell(rates)
  if #rates < 2 then return "-" end
  return ("%s..%s"):format(text.count(math.min(table.unpack(rates))),
    text.count(math.max(table.unpack(rates))))
end

local function cpu_cell(values)
  return #values > 0 and ("%.1f"):format(median(values)) or "-"
end

local function lock_cell(values)
  return #values > 0 and ("%.1f %%"):format(math.min(median(values), 1) * 100) or "-"
end

-- In the place of figures, where there are none.
local function missing(item)
  local last = item.runs[#item.runs]
  if not last then return "not run" end
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

local function columns(result)
  local list = {}
  for _, name in ipairs(varied(result)) do
    list[#list + 1] = { title = options.dashed(name), name = name }
  end
  list[#list + 1] = { title = "rows/s", figure = "rate", cell = rate_cell }
  if result.repeats > 1 then
    list[#list + 1] = { title = "min..max", figure = "rate", cell = spread_cell }
  end
  list[#list + 1] = { title = "CPU us/row", figure = "cpu_us", cell = cpu_cell }
  if any_lock(result) then
    list[#list + 1] = { title = "for the lock", figure = "lock", cell = lock_cell }
  end
  return list
end

local function cells(list, item, i)
  local row, absent = {}, #over_runs(item, i, "rate") == 0
  for n, column in ipairs(list) do
    if column.name then
      local value = item.shown[column.name]
      row[n] = value == nil and "-" or settings.shown(value)
    elseif absent then
      row[n] = column.cell == rate_cell and missing(item) or "-"
    else
      row[n] = column.cell(over_runs(item, i, column.figure))
    end
  end
  return row
end

-- Is the step measured in records, wherever it was run?
local function without_rows(result, i)
  local seen = false
  for _, item in ipairs(result.trials) do
    for _, run in ipairs(item.runs) do
      local step = run.steps[i]
      if step and step.rows > 0 then return false end
      seen = seen or step ~= nil
    end
  end
  return seen
end

-- The rows of cells: a title row, and for each step its name and a row for each trial.
local function rows_of(result, list)
  local rows = { {} }
  for n, column in ipairs(list) do rows[1][n] = column.title end
  for i, step in ipairs(result.scenario.steps) do
    rows[#rows + 1] = without_rows(result, i) and step.name .. " (records)" or step.name
    for _, item in ipairs(result.trials) do rows[#rows + 1] = cells(list, item, i) end
  end
  return rows
end

local function widths_of(rows, count)
  local widths = {}
  for n = 1, count do
    widths[n] = 0
    for _, row in ipairs(rows) do
      if type(row) == "table" then widths[n] = math.max(widths[n], #row[n]) end
    end
  end
  return widths
end

local function table_lines(result)
  local list = columns(result)
  local rows, lines = rows_of(result, list), {}
  local widths = widths_of(rows, #list)
  for i, row in ipairs(rows) do
    if type(row) == "string" then
      lines[i] = row
    else
      local parts = {}
      for n, column in ipairs(list) do
        local side = column.name and "-" or ""
        parts[n] = ("%" .. side .. widths[n] .. "s"):format(row[n])
      end
      lines[i] = ("  " .. table.concat(parts, "  ")):gsub(" +$", "")
    end
  end
  return lines
end

--- What else is said.

local SHOWN = {
  "engine", "jobs", "loop", "lua_state", "poolsize", "protocol", "autocommit", "limit", "time",
}

-- The settings that all trials share, as far as they say something.
local function in_common(result)
  local differs, parts = {}, {}
  for _, name in ipairs(varied(result)) do differs[name] = true end
  for _, name in ipairs(SHOWN) do
    local value = result.trials[1].shown[name]
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
    ("  scenario  %s"):format(result.scenario.name),
    ("  trials    %s, in turns%s"):format(text.count(#result.trials), times),
    ("  all with  %s"):format(in_common(result)),
  }
  if result.server then lines[#lines + 1] = report.server_line(result.server, "sweep") end
  return lines
end

-- The runs that came to no good end, each with what is known about it.
local function problems(result)
  local lines = {}
  for _, item in ipairs(result.trials) do
    for n, run in ipairs(item.runs) do
      if run.ended ~= "done" then
        local which = result.repeats > 1 and (" (run %d)"):format(n) or ""
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
  local bad = problems(result)
  if #bad > 0 then lines[#lines + 1] = "" end
  table.move(bad, 1, #bad, #lines + 1, lines)
  return lines
end

-- The whole report, ending in a line feed.
function sweep_report.text(result)
  local lines = heading(result)
  lines[#lines + 1] = ""
  for _, part in ipairs { table_lines(result), notes(result) } do
    table.move(part, 1, #part, #lines + 1, lines)
  end
  return table.concat(lines, "\n") .. "\n"
end

-- The rates alone, a line for each trial.
function sweep_report.lines(result)
  local lines = {}
  for n, item in ipairs(result.trials) do
    local rates = {}
    for i, step in ipairs(result.scenario.steps) do
      local found = over_runs(item, i, "rate")
      local unit = without_rows(result, i) and "records/s" or "rows/s"
      rates[i] = #found > 0 and ("%s %s %s"):format(step.name, rate_cell(found), unit) or nil
    end
    lines[n] = ("%s: %s\n"):format(item.label,
      #rates > 0 and table.concat(rates, ", ") or missing(item))
  end
  return table.concat(lines)
end

return sweep_report
