-- page/latencies.lua - pictures of how long units took. Pure.

local html = require "bigdata.page.html"
local lines = require "bigdata.page.lines"
local options = require "bigdata.cli.options"
local series = require "bigdata.page.series"
local text = require "bigdata.text"

local latencies = {}

local shown = series.shown

--- Over a number.

local PERCENTILES = {
  { "p50_seconds", "half of the units" }, { "p99_seconds", "99 of 100 units" },
}

local function percentile_of(name)
  return { title = "ms", cost = true, of = function(step)
    local seconds = step.latency and step.latency[name]
    return seconds and seconds * 1000
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
  local scale_y = lines.scale_y({ log_y = true }, lists)
  for n, percentile in ipairs(PERCENTILES) do
    parts[n] = lines.svg({ title = "latency of " .. percentile[2], x = axis, scale_y = scale_y,
      y = percentile[2] .. ": done within so many milliseconds" }, lists[n])
  end
  return {
    title = "latency over " .. axis, html = table.concat(parts, "\n"),
    about = series.about(result, "the scale is logarithmic"),
    legend = #lists[1] > 1 and lines.keys(lists[1]) or nil, direct = true,
    rows = rows, numbers = { false, false, true, true, true, true, true, true },
  }
end

--- Distributions.

local function points_of(item, latency)
  local points = {}
  for _, quantile in ipairs(latency.quantiles or {}) do
    if quantile.share < 1 and quantile.seconds > 0 then
      points[#points + 1] = { x = 1 / (1 - quantile.share), y = quantile.seconds * 1000,
        hint = ("%s: %.4g %% within %.4g ms"):format(item.label, quantile.share * 100,
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
    local step = series.middle_step(result, item)
    local latency = step and step.latency
    local points = latency and points_of(item, latency) or {}
    if #points > 1 then
      list[#list + 1] = { label = item.label, points = points, quiet = true,
        name = over and series.name_of(result, item, over), value = over and item.shown[over] }
      rows[#rows + 1] = { item.label, shown(latency.p50_seconds * 1000),
        shown(latency.p90_seconds * 1000), shown(latency.p99_seconds * 1000),
        shown(latency.max_seconds * 1000) }
    end
  end
  return list, rows
end

-- The list in groups by a key, each { title=, ... }, in the order in which they come.
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

-- "15 connections", "delay 10".
local function counted(value, over)
  if over == "poolsize" then return text.plural(value, "connection") end
  return ("%s %s"):format(options.dashed(over), shown(value))
end

local MOST_LINES = 8

-- Panels with a line for each trial: one for all if they are few, else one for each series or for
-- each number, whichever makes fewer.
local function panels_of(list, over)
  if not over or #list <= MOST_LINES then
    for _, one in ipairs(list) do one.name = one.label end
    return { list }
  end
  local by_name, by_value = grouped(list, "name"), grouped(list, "value")
  local few = #by_value < #by_name and by_value or by_name
  for _, group in ipairs(few) do
    group.title = few == by_name and group.key or counted(group.key, over)
    for _, one in ipairs(group) do
      one.name = few == by_name and counted(one.value, over) or one.name
    end
  end
  return few
end

-- How the latencies are distributed; nil if that is not told of any trial.
function latencies.distributions(result)
  local over = series.over(result)
  local list, rows = found_in(result, over)
  if #list == 0 then return nil end
  local panels, parts = panels_of(list, over), {}
  local scale_y = lines.scale_y({ log_y = true }, panels)
  for i, panel in ipairs(panels) do
    parts[i] = (panel.title and html.text("h3", {}, panel.title) or "")
      .. lines.svg({ title = "latency distribution " .. (panel.title or ""), y = "milliseconds",
      x = "one unit of so many took longer", scale_y = scale_y }, panel)
  end
  return {
    title = "latency distributions", html = table.concat(parts, "\n"),
    about = "To the right the rare cases: at 10, one of ten units took longer; at 100, one of a "
      .. "hundred. Both scales are logarithmic; of each trial, the run with the middle rate.",
    legend = #panels == 1 and #list > 1 and lines.keys(list) or nil, direct = true,
    rows = rows, numbers = series.NUMBERS,
  }
end

return latencies
