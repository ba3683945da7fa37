-- page/latencies.lua - pictures of how long units took. Pure.

local html = require "bigdata.page.html"
local lines = require "bigdata.page.lines"
local options = require "bigdata.cli.options"
local series = require "bigdata.page.series"

local latencies = {}

local shown = series.shown

--- Over a number.

local PERCENTILES = {
  { "p50_seconds", "half of the units" }, { "p99_seconds", "99 of 100 units" },
}

-- What took no time has no place on a logarithmic scale.
local function percentile_of(name)
  return { title = "ms", cost = true, of = function(step)
    local seconds = step.latency and step.latency[name] or 0
    return seconds > 0 and seconds * 1000 or nil
  end }
end

-- The median and the 99th percentile over a number, each in a picture of its own on one scale; nil
-- if there is no such number, or no latency.
function latencies.over(result)
  local over = series.over(result)
  if not over then return nil end
  local lists, rows = {}, nil
  for n, percentile in ipairs(PERCENTILES) do
    lists[n] = series.of(result, over, percentile_of(percentile[1]))
    local more = series.rows(lists[n], options.dashed(over), "ms")
    for i, row in ipairs(more) do table.insert(row, 2, i == 1 and "within" or percentile[2]) end
    rows = rows and table.move(more, 2, #more, #rows + 1, rows) or more
  end
  if #lists[1] == 0 then return nil end
  local axis, parts = series.axis(over), {}
  local bare = series.are_many(lists[1])
  local scale_y = lines.scale_y({ log_y = true, bare = bare }, lists)
  for n, percentile in ipairs(PERCENTILES) do
    parts[n] = lines.svg({ title = "latency of " .. percentile[2], x = axis, scale_y = scale_y,
      bare = bare, y = percentile[2] .. ": done within so many milliseconds" }, lists[n])
  end
  return {
    title = "latency over " .. axis, html = table.concat(parts, "\n"),
    about = series.about(result, "the scale is logarithmic", bare),
    legend = #lists[1] > 1 and lines.keys(lists[1]) or nil, direct = true,
    rows = rows, numbers = { false, false, true, true, true, true, true, true },
  }
end

--- Distributions.

local function points_of(label, latency)
  local points = {}
  for _, quantile in ipairs(latency.quantiles or {}) do
    if quantile.share < 1 and quantile.seconds > 0 then
      points[#points + 1] = { x = 1 / (1 - quantile.share), y = quantile.seconds * 1000,
        hint = ("%s: %.4g %% within %.4g ms"):format(label, quantile.share * 100,
          quantile.seconds * 1000) }
    end
  end
  return points
end

-- The trials that have a distribution, as { label=, name=, value= the number, points= }, and the
-- table's rows.
local function found_in(result, over)
  local list, rows = {}, { { "trial", "median ms", "90 %", "99 %", "most" } }
  for _, item in ipairs(result.trials) do
    local step, label = series.middle_step(result, item), series.label(result, item)
    local latency = step and step.latency
    local points = latency and points_of(label, latency) or {}
    if #points > 1 then
      list[#list + 1] = { label = label, points = points, quiet = true,
        name = over and series.name_of(result, item, over), value = over and item.shown[over] }
      rows[#rows + 1] = { label, shown(latency.p50_seconds * 1000),
        shown(latency.p90_seconds * 1000), shown(latency.p99_seconds * 1000),
        shown(latency.max_seconds * 1000) }
    end
  end
  return list, rows
end

-- The list in groups by a key, each { key=, ... }, in the order in which they come.
local function grouped(list, key)
  local groups, known = {}, {}
  for _, one in ipairs(list) do
    if not known[one[key]] then
      known[one[key]] = { key = one[key] }
      groups[#groups + 1] = known[one[key]]
    end
    table.insert(known[one[key]], one)
  end
  return groups
end

local MOST_LINES = 8

-- The list's groups by series, and by the number that they are over, with titles.
local function groups_of(list, over)
  local by_name, by_value = grouped(list, "name"), grouped(list, "value")
  table.sort(by_value, function(a, b) return a.key < b.key end)
  for _, group in ipairs(by_name) do group.title = group.key end
  for _, group in ipairs(by_value) do group.title = series.counted(group.key, over) end
  return by_name, by_value
end

-- Panels with a line for each trial: one for all if they are few, else one for each series or for
-- each number, whichever makes fewer. And one line of each name, for the legend: what has the same
-- name has the same colour in all panels.
local function panels_of(list, over)
  if not over or #list <= MOST_LINES then
    for _, one in ipairs(list) do one.name = one.label end
    return { list }, list
  end
  local panels, others = groups_of(list, over)
  if #others < #panels then panels, others = others, panels end
  local names = {}
  for n, group in ipairs(others) do
    for _, one in ipairs(group) do one.name, one.colour = group.title, n end
    names[n] = group[1]
  end
  return panels, names
end

-- How the latencies are distributed; nil if that is not told of any trial.
function latencies.distributions(result)
  local over = series.over(result)
  local list, rows = found_in(result, over)
  if #list == 0 then return nil end
  local panels, names = panels_of(list, over)
  local scale_y, parts = lines.scale_y({ log_y = true }, panels), {}
  for i, panel in ipairs(panels) do
    parts[i] = (panel.title and html.text("h3", {}, panel.title) or "")
      .. lines.svg({ title = "latency distribution " .. (panel.title or ""), y = "milliseconds",
      x = "one unit of so many took longer", scale_y = scale_y }, panel)
  end
  return {
    title = "latency distributions", html = table.concat(parts, "\n"),
    about = series.about_one(result, "to the right the rare cases, at 10, one of ten units took "
      .. "longer, at 100, one of a hundred; both scales are logarithmic"),
    legend = #names > 1 and lines.keys(names) or nil, direct = true,
    rows = rows, numbers = series.NUMBERS,
  }
end

return latencies
