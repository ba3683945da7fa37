-- page/lines.lua - lines over a number, as SVG, each with its name at its end. Pure.

local html = require "bigdata.page.html"
local plot = require "bigdata.page.plot"
local scale = require "bigdata.page.scale"
local tables = require "bigdata.tables"

local lines = {}

local element, text = html.element, html.text

local HEIGHT = 300
local LABEL, LABEL_HEIGHT = 34, 15 -- letters of a name at the end of a line; pixels

--- Scales.

-- Bands that go further than this beyond the points are cut off: few runs that differ a lot would
-- leave no room for the points.
local BEYOND = 1.5

-- The lowest and the highest place that the series need; bare: without their bands.
local function extremes(list, bare)
  local least, largest, low, high = math.huge, 0, math.huge, 0
  for _, series in ipairs(list) do
    for _, point in ipairs(series.points) do
      least, largest = math.min(least, point.y), math.max(largest, point.y)
      low = math.min(low, point.low or point.y)
      high = math.max(high, point.high or point.y)
    end
  end
  if bare then return least, largest end
  return math.max(low, least / BEYOND), math.min(high, largest * BEYOND)
end

local function all_x(list)
  local seen, values = {}, {}
  for _, series in ipairs(list) do
    for _, point in ipairs(series.dashed and {} or series.points) do
      if not seen[point.x] then values[#values + 1] = point.x end
      seen[point.x] = true
    end
  end
  table.sort(values)
  return values
end

local MOST_MARKS = 12

local function scale_x(list)
  local values = all_x(list)
  local least, largest = values[1], values[#values]
  local marks = #values <= MOST_MARKS and values or nil
  if least > 0 and largest / least >= 8 then return scale.log(least, largest, 1, 99, marks) end
  local linear = scale.linear(largest, 0, 98.5)
  linear.high = largest
  linear.marks = marks or linear.marks
  return linear
end

-- The scale upwards that has room for all of several lists of series. options: log_y, for a
-- logarithmic one, unless there is a 0; bare.
function lines.scale_y(options, lists)
  local all = {}
  for _, list in ipairs(lists) do tables.append(all, list) end
  local least, largest = extremes(all, options.bare)
  if options.log_y and least > 0 then return scale.round_log(least, largest, HEIGHT, 0) end
  return scale.linear(largest, HEIGHT, 0)
end

--- Series.

local function path_of(points, x, y, key)
  local parts = {}
  for i, point in ipairs(points) do
    parts[i] = ("%s%.2f %.1f"):format(i == 1 and "M" or "L", x:place(point.x), y:place(point[key]))
  end
  return table.concat(parts)
end

local function band_of(points, x, y)
  local back = {}
  for i = #points, 1, -1 do
    back[#back + 1] = ("L%.2f %.1f"):format(x:place(points[i].x), y:place(points[i].low))
  end
  return path_of(points, x, y, "high") .. table.concat(back) .. "Z"
end

local function dots_of(series, x, y)
  local parts = {}
  for i, point in ipairs(series.points) do
    parts[i] = element("circle", { cx = plot.percent(x:place(point.x)), cy = y:place(point.y),
      r = 3.5, class = "dot" }, plot.hint(point.hint))
  end
  return table.concat(parts, "\n")
end

local function series_parts(series, n, x, y, bare)
  local parts, points = {}, series.points
  if points[1].low and not bare then
    parts[1] = element("path", { d = band_of(points, x, y), class = "band" })
  end
  parts[#parts + 1] = element("path", { d = path_of(points, x, y, "y"),
    class = series.dashed and "line dashed" or "line" })
  return element("g", { class = (series.quiet and "series quiet " or "series ")
    .. plot.class(series.colour or n),
    ["data-series"] = series.name }, plot.curves(HEIGHT, parts)
    .. (series.dashed and "" or dots_of(series, x, y)))
end

--- Names.

-- Move places apart that are nearer than a label's height, as little as need be, within the
-- picture: first upwards from the lowest, then what has left the picture downwards again.
local function spread(labels)
  table.sort(labels, function(a, b) return a.place > b.place end)
  local limit = HEIGHT
  for _, label in ipairs(labels) do
    label.place = math.min(label.place, limit)
    limit = label.place - LABEL_HEIGHT
  end
  limit = 0
  for i = #labels, 1, -1 do
    labels[i].place = math.max(labels[i].place, limit)
    limit = labels[i].place + LABEL_HEIGHT
  end
end

-- Names at the ends of the lines, and how much room they take, in pixels.
local function names_of(list, y)
  local labels, room = {}, 0
  for n, series in ipairs(list) do
    if not series.dashed and series.name ~= "" then
      labels[#labels + 1] = { name = series.name, place = y:place(series.points[#series.points].y),
        class = plot.class(series.colour or n) }
      room = math.max(room, plot.width_of(plot.cut(series.name, LABEL)))
    end
  end
  spread(labels)
  local parts = {}
  for i, label in ipairs(labels) do
    parts[i] = element("text", { x = "100%", dx = 8, y = label.place + 4,
      class = "direct " .. label.class, ["data-key"] = label.name },
      html.escape(plot.cut(label.name, LABEL)) .. plot.hint(label.name))
  end
  return table.concat(parts, "\n"), room + 16
end

-- The picture. options: title, for those who cannot see it; x and y, what the axes are; log_y;
-- bare, to draw no bands; scale_y, if it is not to be that of the list alone. list: series { name=,
-- points = { { x=, y=, low=, high= the band, if any, hint= }, ... }, quiet= its points only seen
-- under the pointer, dashed= a fit rather than figures, colour= its number, if it is not its place
-- in the list }.
function lines.svg(options, list)
  local x, y = scale_x(list), options.scale_y or lines.scale_y(options, { list })
  local names, room = names_of(list, y)
  local parts = { plot.marks_up(y), plot.marks_across(x, HEIGHT), text("text",
    { x = "100%", y = HEIGHT + 38, class = "axis across-end" }, options.x) }
  for n, series in ipairs(list) do
    parts[#parts + 1] = series_parts(series, n, x, y, options.bare)
  end
  parts[#parts + 1] = names
  return text("p", { class = "unit" }, options.y) .. element("div", { class = "plot",
    style = ("--right:%dpx"):format(math.floor(room)) }, plot.svg(options.title, HEIGHT, parts))
end

-- The legend of such a list: for narrow screens, where names have no room at the ends of the lines.
function lines.keys(list)
  local keys = {}
  for n, series in ipairs(list) do
    if not series.dashed and series.name ~= "" then
      keys[#keys + 1] = { name = series.name, class = plot.class(series.colour or n) }
    end
  end
  return keys
end

return lines
