-- page/rates.lua - pictures of a figure: lines over the pool's size or another number, else bars.
-- Pure.

local bars = require "bigdata.page.bars"
local figures = require "bigdata.result.figures"
local html = require "bigdata.page.html"
local lines = require "bigdata.page.lines"
local options = require "bigdata.cli.options"
local plot = require "bigdata.page.plot"
local series = require "bigdata.page.series"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local usl = require "bigdata.statistics.usl"

local rates = {}

local shown = series.shown

local function unit_of(result, figure)
  return figures.unit(figures.main_step(result), figure)
end

-- The law has three parameters: fewer sizes would always fit.
local LEAST_SIZES = 4

-- The law's curve between the least and the largest size, and its fit; nil if there is none.
local function fitted(line)
  local fit = #line.points >= LEAST_SIZES and usl.fit(line.runs)
  if not fit then return nil end
  local points, least, largest = {}, line.points[1].x, line.points[#line.points].x
  for i = 0, 60 do
    local size = least * (largest / least) ^ (i / 60)
    points[#points + 1] = { x = size, y = usl.rate(fit, size) }
  end
  return { name = line.name, points = points, dashed = true, colour = line.colour }, fit
end

local function fit_row(fit, name)
  return { name, shown(fit.lambda), ("%.2g"):format(fit.sigma), ("%.2g"):format(fit.kappa),
    fit.peak_size and ("%.0f"):format(fit.peak_size) or "none",
    fit.peak_size and shown(fit.peak_rate) or "-", text.percent(fit.error) }
end

-- The laws' parameters as a table; "" without any law. unit: of the rates.
local function fits_table(rows, unit)
  if #rows == 0 then return "" end
  table.insert(rows, 1, { "series", "\u{03bb} " .. unit, "\u{03c3}", "\u{03ba}", "peak at",
    unit .. " there", "off by" })
  return html.text("p", { class = "notes" }, "Dashed: the Universal Scalability Law.")
    .. html.rows(rows, { false, true, true, true, true, true, true })
end

-- Lines so far apart that the lower ones could not be told from each other on a linear scale.
local FAR_APART = 5

local function far_apart(list)
  local least, most = math.huge, 0
  for _, line in ipairs(list) do
    local best = 0
    for _, point in ipairs(line.points) do best = math.max(best, point.y) end
    least, most = math.min(least, best), math.max(most, best)
  end
  return most > FAR_APART * least
end

-- The laws' curves of rates over the pool's size, and their parameters as HTML.
local function laws(list, unit)
  local curves, rows = {}, {}
  for _, line in ipairs(list) do
    local curve, fit = fitted(line)
    if fit then
      curves[#curves + 1], rows[#rows + 1] = curve, fit_row(fit, line.name)
    end
  end
  return curves, fits_table(rows, unit)
end

-- Lines over a number.
local function over_number(result, over, figure, about)
  local list = series.of(result, over, figure)
  if #list == 0 then return nil end
  local curves, fits = {}, ""
  local unit = unit_of(result, figure)
  if over == "poolsize" and figure == figures.RATE then curves, fits = laws(list, unit) end
  local axis, bare, drawn = series.axis(over), series.are_many(list), tables.append({}, list)
  tables.append(drawn, curves)
  local scale_y = lines.scale_y({ log_y = far_apart(list), bare = bare }, { drawn })
  local title = ("%s over %s"):format(unit, axis)
  return {
    title = title, legend = #list > 1 and lines.keys(list) or nil, direct = true,
    about = series.about(result, scale_y.log and about .. "; the scale is logarithmic" or about,
      bare),
    html = lines.svg({ title = title, x = axis, y = unit, scale_y = scale_y, bare = bare },
      drawn) .. fits,
    rows = series.rows(list, options.dashed(over), unit), numbers = series.NUMBERS,
  }
end

-- A bar for each trial, the best first.
local function by_trial(result, figure, about)
  local step, unit = figures.main_step(result), unit_of(result, figure)
  local list, rows = {}, { { "trial", unit, "least", "most", "95 % from", "to" } }
  for _, item in ipairs(figures.ranked(result, figure)) do
    local found = series.summary(figures.list(item, step, figure))
    local label = series.label(result, item)
    list[#list + 1] = {
      label = label, low = found.low, high = found.high, shown = shown(found.y),
      parts = { { name = label, value = found.y, class = plot.class(1),
        hint = series.hint(label, found, unit) } },
    }
    rows[#rows + 1] = { label, shown(found.y), shown(found.least), shown(found.most),
      shown(found.low), shown(found.high) }
  end
  if #list < 2 then return nil end -- one bar alone says no more than the table of the trials
  return {
    title = unit .. " of each trial", about = series.about(result, about),
    html = bars.html({ x = unit }, list), rows = rows, numbers = series.NUMBERS,
  }
end

-- The picture of a figure; nil if no trial has it. about: a clause on how to read it.
function rates.picture(result, figure, about)
  local over = series.over(result)
  if over then return over_number(result, over, figure, about) end
  return by_trial(result, figure, about)
end

return rates
