-- page/verdicts.lua - what bound the trials, by the verdicts on their runs: which cause bound
-- which, and the evidence of the fastest one. Pure.

local figures = require "bigdata.result.figures"
local html = require "bigdata.page.html"
local report_time = require "bigdata.report.time"
local series = require "bigdata.page.series"
local sweep_verdict = require "bigdata.sweep.verdict"
local tables = require "bigdata.tables"
local verdict = require "bigdata.verdict"

local verdicts = {}

local element, text = html.element, html.text

-- The trials that a cause bound, as rows: those of a series in one, by their numbers.
local function rows_of(result, found)
  local over, rows, known = series.over(result), {}, {}
  for _, one in ipairs(found) do
    local name = over and series.name_of(result, one.item, over) or series.label(result, one.item)
    local value = sweep_verdict.counted(over and tostring(one.item.shown[over]) or "", one)
    if not known[name] then
      known[name] = { name, value }
      rows[#rows + 1] = known[name]
    else
      known[name][2] = known[name][2] .. ", " .. value
    end
  end
  return rows
end

local function table_of(result)
  local over = series.over(result)
  local rows = { { over and "series" or "trial", over and series.axis(over) or "runs" } }
  for _, found in ipairs(sweep_verdict.causes(result)) do
    rows[#rows + 1] = found.cause
    tables.append(rows, rows_of(result, found))
  end
  return html.rows(rows, { false, false }, "facts")
end

local function cause_parts(cause)
  local items = {}
  for i, line in ipairs(cause.evidence) do items[i] = text("li", {}, line) end
  local gain = report_time.gain(cause)
  if gain then items[#items + 1] = text("li", {}, gain) end
  for _, line in ipairs(cause.next) do
    items[#items + 1] = element("li", {}, "try: " .. text("code", {}, line))
  end
  return text("p", {}, verdict.name(cause.cause))
    .. element("ul", {}, table.concat(items, "\n"))
end

-- The evidence of a step's verdict.
local function evidence(judged)
  local parts = {}
  for i, cause in ipairs(judged.causes) do parts[i] = cause_parts(cause) end
  if judged.warning then parts[#parts + 1] = text("p", { class = "notes" }, judged.warning) end
  return table.concat(parts, "\n")
end

-- The fastest trial whose verdict names a cause, and its step; nil if there is none.
local function fastest_judged(result)
  for _, item in ipairs(figures.ranked(result, figures.RATE)) do
    local step = series.middle_step(result, item)
    if step and step.verdict and #step.verdict.causes > 0 then return item, step end
  end
end

-- The section; "" where no verdict names a cause.
function verdicts.section(result)
  local item, step = fastest_judged(result)
  if not item then return "" end
  local parts = { text("h2", {}, "what bound the step " .. step.name) }
  if #result.trials > 1 then
    parts[2] = table_of(result)
    parts[3] = text("h3", {}, "the evidence: " .. series.label(result, item))
  end
  parts[#parts + 1] = evidence(step.verdict)
  return element("section", {}, table.concat(parts, "\n"))
end

return verdicts
