-- page/pictures.lua - the pictures of a result, each with the table behind it. Pure. A picture is
-- { title=, about=, svg=, legend= names or nil, rows= of the table, numbers= its columns of numbers
-- }.

local chart = require "bigdata.page.chart"
local figures = require "bigdata.result.figures"
local options = require "bigdata.cli.options"
local series = require "bigdata.page.series"
local statistics = require "bigdata.statistics"
local text = require "bigdata.text"
local usl = require "bigdata.statistics.usl"

local pictures = {}

local function shown(value)
  if value >= 100 then return text.count(value) end
  return ("%.3g"):format(value)
end

--- Rates and CPU: lines over a number, or bars.

-- The law's curve between the least and the largest size.
local function fitted(line, n)
  local fit = usl.fit(line.runs)
  if not fit then return nil end
  local points, least, largest = {}, line.points[1].x, line.points[#line.points].x
  for i = 0, 60 do
    local size = least * (largest / least) ^ (i / 60)
    points[#points + 1] = { x = size, y = usl.rate(fit, size) }
  end
  return { name = line.name, points = points, dashed = true, colour = n }, fit
end

local function line_rows(list, over, title)
  local rows = { { "series", options.dashed(over), title, "least", "most" } }
  for _, line in ipairs(list) do
    for _, point in ipairs(line.points) do
      rows[#rows + 1] = { line.name, shown(point.x), shown(point.y), shown(point.low),
        shown(point.high) }
    end
  end
  return rows
end

local function names_of(list)
  local names = {}
  for i, line in ipairs(list) do names[i] = line.name end
  return #names > 1 and names or nil
end

local function fit_words(fit, name)
  local peak = fit.peak_size and (", peak of %s at %.0f"):format(shown(fit.peak_rate),
    fit.peak_size) or ", no peak"
  return ("%slambda %s, sigma %.4f, kappa %.6f%s, off by %.0f %%"):format(
    name ~= "" and name .. ": " or "", shown(fit.lambda), fit.sigma, fit.kappa, peak,
    fit.error * 100)
end

local function over_number(result, over, figure, about)
  local list = series.of(result, over, figure)
  local all, fits = table.move(list, 1, #list, 1, {}), {}
  for n, line in ipairs(list) do
    local curve, fit
    if over == "poolsize" and figure == figures.RATE then curve, fit = fitted(line, n) end
    all[#all + 1] = curve
    if fit then fits[#fits + 1] = fit_words(fit, line.name) end
  end
  if #fits > 0 then
    about = about .. " Dashed: the Universal Scalability Law (" .. table.concat(fits, "; ") .. ")."
  end
  local title = ("%s over %s"):format(figure.title, options.dashed(over))
  return {
    title = title, about = about, legend = names_of(list),
    svg = chart.lines({ title = title, x = options.dashed(over), y = figure.title }, all),
    rows = line_rows(list, over, figure.title), numbers = { false, true, true, true, true },
  }
end

local function bars_of(result, figure)
  local bars, rows = {}, { { "trial", figure.title, "least", "most", "runs" } }
  for _, item in ipairs(result.trials) do
    local values = figures.list(item, figures.main_step(result), figure)
    if #values > 0 then
      local middle = statistics.median(values)
      local low, high = math.min(table.unpack(values)), math.max(table.unpack(values))
      bars[#bars + 1] = {
        label = item.label, low = low, high = high, shown = shown(middle), value = middle,
        parts = { { name = item.label, value = middle, hint = item.label } },
      }
      rows[#rows + 1] = { item.label, shown(middle), shown(low), shown(high), tostring(#values) }
    end
  end
  table.sort(bars, function(a, b) return a.value > b.value end)
  return bars, rows
end

local function by_trial(result, figure, about)
  local bars, rows = bars_of(result, figure)
  return {
    title = figure.title .. " of each trial", about = about,
    svg = chart.bars({ title = figure.title, x = figure.title }, bars),
    rows = rows, numbers = { false, true, true, true, true },
  }
end

local function of_figure(result, figure, about)
  local over = series.over(result)
  if over then return over_number(result, over, figure, about) end
  return by_trial(result, figure, about)
end

--- Latencies.

-- The middle run of a trial by its rate, which stands for it where runs cannot be merged.
local function middle_run(result, item)
  local step_name, list = figures.main_step(result), {}
  for _, run in ipairs(item.runs) do
    local rate = figures.of(run, step_name, figures.RATE, item.shown)
    if rate then list[#list + 1] = { run = run, rate = rate } end
  end
  table.sort(list, function(a, b) return a.rate < b.rate end)
  local middle = list[(#list + 1) // 2]
  for _, step in ipairs(middle and middle.run.steps or {}) do
    if step.name == step_name then return step end
  end
end

local PERCENTILES = {
  { "p50_seconds", "median" }, { "p90_seconds", "90 %" }, { "p99_seconds", "99 %" },
}

local function latencies_over(result, over)
  local list = {}
  for _, percentile in ipairs(PERCENTILES) do
    local of = { title = "ms", of = function(step)
      return step.latency and step.latency[percentile[1]]
        and step.latency[percentile[1]] * 1000
    end }
    for _, line in ipairs(series.of(result, over, of)) do
      line.name = (line.name ~= "" and line.name .. ", " or "") .. percentile[2]
      line.bare = true -- so many bands would hide one another
      list[#list + 1] = line
    end
  end
  return list
end

local function latency_by_size(result, over)
  local list = latencies_over(result, over)
  if #list == 0 then return nil end
  local title = ("latency over %s"):format(options.dashed(over))
  return {
    title = title, about = "Of units, on a logarithmic scale: half of them, 90 and 99 of 100 took "
      .. "no longer.", legend = names_of(list),
    svg = chart.lines({ title = title, x = options.dashed(over), y = "milliseconds",
      log_y = true }, list),
    rows = line_rows(list, over, "milliseconds"), numbers = { false, true, true, true, true },
  }
end

local MOST_DISTRIBUTIONS = 8

local function distribution(result)
  local list, rows = {}, { { "trial", "median ms", "90 %", "99 %", "most" } }
  for _, item in ipairs(result.trials) do
    local step = middle_run(result, item)
    local latency = step and step.latency
    if latency and latency.quantiles and #list < MOST_DISTRIBUTIONS then
      local points = {}
      for _, quantile in ipairs(latency.quantiles) do
        if quantile.share < 1 and quantile.seconds > 0 then
          points[#points + 1] = { x = 1 / (1 - quantile.share), y = quantile.seconds * 1000,
            hint = ("%s: %.4g %% within %.4g ms"):format(item.label, quantile.share * 100,
              quantile.seconds * 1000) }
        end
      end
      if #points > 1 then list[#list + 1] = { name = item.label, points = points } end
      rows[#rows + 1] = { item.label, shown(latency.p50_seconds * 1000),
        shown(latency.p90_seconds * 1000), shown(latency.p99_seconds * 1000),
        shown(latency.max_seconds * 1000) }
    end
  end
  if #list == 0 then return nil end
  return {
    title = "latency distributions", legend = names_of(list),
    about = "To the right the rare cases: at 10, one of ten units took longer; at 100, one of a "
      .. "hundred. Both axes are logarithmic; of each trial, the run with the middle rate.",
    svg = chart.lines({ title = "latency distributions", x = "one of so many units took longer",
      y = "milliseconds", log_y = true }, list),
    rows = rows, numbers = { false, true, true, true, true },
  }
end

--- Shares.

local STATES = { "source", "client", "send", "server", "turn" }

-- Shares of each trial as bars: shares(step) gives a table of shares by name, or nil.
local function shares_picture(result, names, shares, words)
  local bars, rows = {}, { { "trial", table.unpack(names) } }
  for _, item in ipairs(result.trials) do
    local step = middle_run(result, item)
    local found = step and shares(step)
    if found then
      local parts, row = {}, { item.label }
      for i, name in ipairs(names) do
        local share = found[name] or 0
        parts[i] = { name = name, value = share * 100,
          hint = ("%s: %s %.1f %%"):format(item.label, name, share * 100) }
        row[i + 1] = ("%.1f %%"):format(share * 100)
      end
      bars[#bars + 1], rows[#rows + 1] = { label = item.label, parts = parts }, row
    end
  end
  if #bars == 0 then return nil end
  local numbers = { false }
  for i = 1, #names do numbers[i + 1] = true end
  return {
    title = words.title, about = words.about, legend = names, rows = rows, numbers = numbers,
    svg = chart.bars({ title = words.title, x = "percent", most = 100 }, bars),
  }
end

local function worker_shares(step)
  local spent, all = step.worker_seconds, 0
  if not spent then return nil end
  for _, name in ipairs(STATES) do all = all + (spent[name] or spent[name .. "_seconds"] or 0) end
  if all <= 0 then return nil end
  local shares = {}
  for _, name in ipairs(STATES) do
    shares[name] = (spent[name] or spent[name .. "_seconds"] or 0) / all
  end
  return shares
end

local function wait_name(sighting)
  if sighting.wait_event then
    return ("%s %s"):format(sighting.wait_event_type, sighting.wait_event)
  end
  return sighting.state
end

local function wait_shares(step)
  local states = step.server and step.server.states
  if not states then return nil end
  local shares = {}
  for _, sighting in ipairs(states) do
    local name = wait_name(sighting)
    shares[name] = (shares[name] or 0) + sighting.share
  end
  return shares
end

local MOST_WAITS = 7

-- The waits that were seen most, over all trials, and a name for all others.
local function common_waits(result)
  local sums = {}
  for _, item in ipairs(result.trials) do
    local step = middle_run(result, item)
    for name, share in pairs(step and wait_shares(step) or {}) do
      sums[name] = (sums[name] or 0) + share
    end
  end
  local names = text.keys(sums)
  table.sort(names, function(a, b)
    if sums[a] ~= sums[b] then return sums[a] > sums[b] end
    return a < b
  end)
  local kept = table.move(names, 1, math.min(#names, MOST_WAITS), 1, {})
  if #names > MOST_WAITS then kept[#kept + 1] = "other" end
  return kept
end

local function waits_picture(result)
  local names = common_waits(result)
  local known = {}
  for _, name in ipairs(names) do known[name] = true end
  return shares_picture(result, names, function(step)
    local all = wait_shares(step)
    local kept = all and { other = 0 }
    for name, share in pairs(all or {}) do
      local place = known[name] and name or "other"
      kept[place] = (kept[place] or 0) + share
    end
    return kept
  end, {
    title = "what the server was doing",
    about = "The states of the pool's backends, and what they waited for, by how often they were "
      .. "seen so; of each trial, the run with the middle rate.",
  })
end

-- All pictures of a sweep's result, in the page's order.
function pictures.of(result)
  local list = {
    of_figure(result, figures.RATE, "Medians; the range is that of the runs."),
    of_figure(result, figures.CPU, "Processor time of the client; medians and ranges as above."),
  }
  local over = series.over(result)
  list[#list + 1] = over and latency_by_size(result, over) or nil
  list[#list + 1] = distribution(result)
  list[#list + 1] = shares_picture(result, STATES, worker_shares, {
    title = "where the workers' time went",
    about = "Of each trial, the run with the middle rate.",
  })
  list[#list + 1] = waits_picture(result)
  return list
end

return pictures
