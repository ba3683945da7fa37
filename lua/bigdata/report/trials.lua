-- report/trials.lua - the trials of a sweep as a table: for every step a line for each of them; or,
-- where they have names, one line for each, the fastest first, with the rates of all steps. Pure.

local figures = require "bigdata.result.figures"
local options = require "bigdata.cli.options"
local settings = require "bigdata.scenario.settings"
local statistics = require "bigdata.statistics"
local text = require "bigdata.text"

local trials = {}

--- Cells.

function trials.rate(rates)
  return #rates > 0 and text.rate(statistics.median(rates)) or "-"
end

local function spread_cell(rates)
  if #rates < 2 then return "-" end
  return ("%s..%s"):format(text.rate(math.min(table.unpack(rates))),
    text.rate(math.max(table.unpack(rates))))
end

local function cpu_cell(values)
  return #values > 0 and text.three_digits(statistics.median(values)) or "-"
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
function trials.missing(item)
  local last = item.runs[#item.runs]
  if not last then return "not run" end
  if last.ended == "done" then return "-" end -- another program, which does not tell of this step
  return last.ended == "interrupted" and "interrupted" or "failed"
end

--- Settings.

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

local SHOWN = {
  "engine", "jobs", "loop", "lua_state", "poolsize", "protocol", "autocommit", "commit_every",
  "insert", "insert_batch", "limit", "time", "rate", "delay", "warmup",
}

-- What is left unsaid: 0 is for none, and most scenarios do not heed how rows are shipped.
local UNSAID = { [0] = true, row = true }

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
  if result.over then differs[result.over] = true end
  for _, name in ipairs(SHOWN) do
    local value = common_value(result, name)
    if value ~= nil and not UNSAID[value] and not differs[name] then
      parts[#parts + 1] = ("%s %s"):format(options.dashed(name), settings.shown(value))
    end
  end
  return table.concat(parts, ", ")
end

-- The same as a line of a heading.
function trials.heading_line(result)
  return "  all with  " .. text.wrap(text.words(in_common(result)), 68, (" "):rep(12))
end

--- Columns.

local function varies(result, wanted)
  for _, name in ipairs(varied(result)) do
    if name == wanted then return true end
  end
  return false
end

local function any_lock(result)
  for _, item in ipairs(result.trials) do
    if item.shown.loop == "lua" and item.shown.lua_state == "shared" then return true end
  end
  return false
end

-- Have the trials names, rather than being combinations of settings?
local function are_named(result)
  return varies(result, "system")
end

-- The step whose rows, or records, columns and notes speak of: one that writes rows, if there is
-- any.
local function step_meant(result)
  if are_named(result) then return figures.main_step(result) end
  for _, name in ipairs(result.steps) do
    local step = figures.step(result.trials, name)
    if not step.by_records then return step end
  end
  return figures.step(result.trials, result.steps[1])
end

local function words(result, about_rows)
  return figures.words(step_meant(result), about_rows)
end

-- What is told of ways of shipping rows besides, where trials differ in that.
local SHIPPING = {
  { title = "server us/row", figure = figures.SERVER_CPU, cell = cpu_cell,
    note = "processor time of the server for our connections" },
  { title = "WAL bytes/row", figure = figures.WAL, cell = bytes_cell },
  { title = "trips/row", figure = figures.ROUND_TRIPS, cell = round_trips_cell,
    note = "round trips, or how often a connection waited for an answer" },
  { title = "factor", figure = figures.RATE, cell = factor_cell,
    note = "rows/s, as a multiple of the first line's" },
}

local function tells_of_shipping(result)
  return varies(result, "insert") and not are_named(result)
end

local function setting_columns(result, titles)
  local list = {}
  for n, name in ipairs(varied(result)) do
    list[n] = { title = titles[name] or options.dashed(name), name = name, left = true }
  end
  return list
end

local function step_columns(result)
  local list = setting_columns(result, {})
  local function add(title, figure, cell)
    list[#list + 1] = { title = words(result, title), figure = figure, cell = cell }
  end
  add("rows/s", figures.RATE, trials.rate)
  if result.repeats > 1 then add("min..max", figures.RATE, spread_cell) end
  add("CPU us/row", figures.CPU, cpu_cell)
  if any_lock(result) then add("for the lock", figures.LOCK, lock_cell) end
  for _, more in ipairs(tells_of_shipping(result) and SHIPPING or {}) do
    add(more.title, more.figure, more.cell)
  end
  return list
end

-- The rates of all steps, the main one's also in parts.
local function ranked_columns(result)
  local list, main = setting_columns(result, { poolsize = "pool" }), figures.main_step(result)
  for _, name in ipairs(result.steps) do
    list[#list + 1] = { title = name .. "/s", figure = figures.RATE, cell = trials.rate,
      step = figures.step(result.trials, name) }
  end
  for _, column in ipairs {
    { title = "filling", figure = figures.FILLING, cell = trials.rate },
    { title = "after", figure = figures.AFTER, cell = trials.rate },
    { title = words(result, "CPU us/row"), figure = figures.CPU, cell = cpu_cell },
  } do
    column.step = main
    list[#list + 1] = column
  end
  if any_lock(result) then
    list[#list + 1] = { title = "lock", figure = figures.LOCK, cell = lock_cell, step = main }
  end
  return list
end

--- Rows.

local function cells(list, item, main, first)
  local row, absent = {}, #figures.list(item, main, figures.RATE) == 0
  for n, column in ipairs(list) do
    if column.name then
      local value = item.shown[column.name]
      row[n] = value == nil and "-" or settings.shown(value)
    else
      local step = column.step or main
      row[n] = column.cell(figures.list(item, step, column.figure),
        figures.list(first, step, column.figure))
      if absent then
        row[n] = column.figure == figures.RATE and column.cell == trials.rate
          and step.name == main.name and trials.missing(item) or "-"
      end
    end
  end
  return row
end

local function titles_of(list)
  local row = {}
  for n, column in ipairs(list) do row[n] = column.title end
  return row
end

-- The trials with a rate, the fastest first, and then those without.
local function ranked(result)
  local list, known = figures.ranked(result, figures.RATE), {}
  for _, item in ipairs(list) do known[item] = true end
  for _, item in ipairs(result.trials) do
    if not known[item] then list[#list + 1] = item end
  end
  return list
end

-- The rows of the table, the first one its titles, each a list of cells, or a step's name; and its
-- columns, as table_text.lines wants them.
function trials.table_of(result)
  if are_named(result) then
    local list, main = ranked_columns(result), figures.main_step(result)
    local rows = { titles_of(list) }
    for _, item in ipairs(ranked(result)) do
      rows[#rows + 1] = cells(list, item, main, result.trials[1])
    end
    return rows, list
  end
  local list = step_columns(result)
  local rows = { titles_of(list) }
  for _, name in ipairs(result.steps) do
    local step = figures.step(result.trials, name)
    rows[#rows + 1] = step.by_records and name .. " (records)" or name
    for _, item in ipairs(result.trials) do
      rows[#rows + 1] = cells(list, item, step, result.trials[1])
    end
  end
  return rows, list
end

-- What the columns mean: a list of lines.
function trials.notes(result)
  local lines = {}
  if result.repeats > 1 then
    lines[1] = "figures: medians of the runs"
      .. (are_named(result) and "" or words(result, "; min..max: of their rows/s"))
  end
  if are_named(result) then
    for _, name in ipairs(result.steps) do
      lines[#lines + 1] = ("%s/s: %s a second in the step %s"):format(name,
        figures.words(figures.step(result.trials, name), "rows"), name)
    end
    lines[#lines + 1] = ("filling, after: %s/s while the queue was being filled, and after"):format(
      figures.main_step(result).name)
  end
  for _, name in ipairs(result.steps) do
    if figures.step(result.trials, name).uneven then
      lines[#lines + 1] = name .. ": by records, since the trials differ in the rows of a record"
    end
  end
  lines[#lines + 1] = words(result,
    "CPU us/row: processor time of the client for a row, in microseconds")
  if any_lock(result) then
    lines[#lines + 1] = (are_named(result) and "lock" or "for the lock")
      .. ": share of the workers' time spent waiting for the interpreter"
  end
  for _, more in ipairs(tells_of_shipping(result) and SHIPPING or {}) do
    if more.note then lines[#lines + 1] = words(result, more.title .. ": " .. more.note) end
  end
  return lines
end

return trials
