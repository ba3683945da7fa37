-- page/rates.lua - pictures of a figure: lines over the pool's size or another number, else bars.
-- Pure.

local bars = require "bigdata.page.bars"
local figures = require "bigdata.result.figures"
local lines = require "bigdata.page.lines"
local options = require "bigdata.cli.options"
local plot = require "bigdata.page.plot"
local series = require "bigdata.page.series"
local usl = require "bigdata.statistics.usl"

local rates = {}

local shown = series.shown

-- The law has three parameters: fewer sizes would always fit.
local LEAST_SIZES = 4

-- The law's curve between the least and the largest size, and its fit; nil if there is none.
local function fitted(line, n)
  local fit = #line.points >= LEAST_SIZES and usl.fit(line.runs)
  if not fit then return nil end
  local points, least, largest = {}, line.points[1].x, line.points[#line.points].x
  for i = 0, 60 do
    local size = least * (largest / least) ^ (i / 60)
    points[#points + 1] = { x = size, y = usl.rate(fit, size) }
  end
  return { name = line.name, points = points, dashed = true, colour = n }, fit
end

local function fit_words(fit, name)
  local peak = fit.peak_size and ("peak of %s at %.0f connections"):format(shown(fit.peak_rate),
    fit.peak_size) or "no peak"
  return ("%s\u{03bb} %s, \u{03c3} %.3f, \u{03ba} %.5f, %s, off by %.0f %%"):format(
    name ~= "" and name .. ": " or "", shown(fit.lambda), fit.sigma, fit.kappa, peak,
    fit.error * 100)
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

-- Lines over a number, and for rates over the pool's size the law's curves.
local function over_number(result, over, figure, about)
  local list = series.of(result, over, figure)
  if #list == 0 then return nil end
  local all, fits = table.move(list, 1, #list, 1, {}), {}
  for n, line in ipairs(list) do
    local curve, fit
    if over == "poolsize" and figure == figures.RATE then curve, fit = fitted(line, n) end
    all[#all + 1] = curve
    if fit then fits[#fits + 1] = fit_words(fit, line.name) end
  end
  local notes = #fits > 0 and "Dashed: the Universal Scalability Law. " .. table.concat(fits, "; ")
    .. "." or nil
  local axis, log_y = series.axis(over), far_apart(list)
  if log_y then about = about .. "; the scale is logarithmic" end
  local title = ("%s over %s"):format(figure.title, axis)
  return {
    title = title, about = series.about(result, about), notes = notes,
    legend = #list > 1 and lines.keys(list) or nil, direct = true,
    html = lines.svg({ title = title, x = axis, y = figure.title, log_y = log_y },
      all),
    rows = series.rows(list, options.dashed(over), figure.title), numbers = series.NUMBERS,
  }
end

-- A bar for each trial, the best first.
local function by_trial(result, figure, about)
  local list, rows = {}, { { "trial", figure.title, "least", "most", "95 % from", "to" } }
  for _, item in ipairs(figures.ranked(result, figure)) do
    local found = series.summary(figures.list(item, figures.main_step(result), figure))
    list[#list + 1] = {
      label = item.label, low = found.low, high = found.high, shown = shown(found.y),
      parts = { { name = item.label, value = found.y, class = plot.class(1),
        hint = series.hint(item.label, found, figure.title) } },
    }
    rows[#rows + 1] = { item.label, shown(found.y), shown(found.least), shown(found.most),
      shown(found.low), shown(found.high) }
  end
  if #list < 2 then return nil end -- one bar alone says no more than the table of the trials
  return {
    title = figure.title .. " of each trial", about = series.about(result, about),
    html = bars.html({ x = figure.title }, list), rows = rows, numbers = series.NUMBERS,
  }
end

-- The picture of a figure; nil if no trial has it. about: a clause on how to read it.
function rates.picture(result, figure, about)
  local over = series.over(result)
  if over then return over_number(result, over, figure, about) end
  return by_trial(result, figure, about)
end

return rates
