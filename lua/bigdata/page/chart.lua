-- page/chart.lua - pictures as SVG: lines over a number, and bars. Pure. Their colours are the
-- page's (page/style.lua), by the classes s1 to s8; what has a `hint` shows it under the pointer.

local html = require "bigdata.page.html"
local scale = require "bigdata.page.scale"

local chart = {}

local element, text = html.element, html.text

local WIDTH, HEIGHT = 720, 340
local LEFT, RIGHT, TOP, BOTTOM = 62, 16, 14, 46
local COLOURS = 8

local function class_of(n)
  return "s" .. (n - 1) % COLOURS + 1
end

local function hint(words)
  return words and text("title", {}, words) or ""
end

local function picture(width, height, label, parts)
  return element("div", { class = "wide" }, element("svg", {
    viewBox = ("0 0 %d %d"):format(width, height), role = "img", ["aria-label"] = label,
    style = ("min-width:%dpx"):format(math.min(width, 480)),
  }, table.concat(parts, "\n")))
end

--- Lines.

local function axes(parts, x, y, titles)
  for _, mark in ipairs(y.marks) do
    local place = y:place(mark)
    parts[#parts + 1] = element("line", { x1 = LEFT, x2 = WIDTH - RIGHT, y1 = place, y2 = place,
      class = "grid" })
    parts[#parts + 1] = text("text", { x = LEFT - 8, y = place + 4, ["text-anchor"] = "end" },
      scale.shown(mark))
  end
  for _, mark in ipairs(x.marks) do
    parts[#parts + 1] = text("text", { x = x:place(mark), y = HEIGHT - BOTTOM + 18,
      ["text-anchor"] = "middle" }, scale.shown(mark))
  end
  parts[#parts + 1] = text("text", { x = (LEFT + WIDTH - RIGHT) / 2, y = HEIGHT - 8,
    ["text-anchor"] = "middle", class = "axis" }, titles.x)
  parts[#parts + 1] = text("text", { x = 12, y = (TOP + HEIGHT - BOTTOM) / 2, class = "axis",
    ["text-anchor"] = "middle",
    transform = ("rotate(-90 12 %d)"):format((TOP + HEIGHT - BOTTOM) // 2) }, titles.y)
end

local function path_of(points, x, y, key)
  local parts = {}
  for i, point in ipairs(points) do
    parts[i] = ("%s%.1f %.1f"):format(i == 1 and "M" or "L", x:place(point.x), y:place(point[key]))
  end
  return table.concat(parts)
end

local function band_of(points, x, y)
  local back = {}
  for i = #points, 1, -1 do
    back[#back + 1] = ("L%.1f %.1f"):format(x:place(points[i].x), y:place(points[i].low))
  end
  return path_of(points, x, y, "high") .. table.concat(back) .. "Z"
end

local function line_series(n, series, x, y)
  local parts, points = {}, series.points
  if points[1] and points[1].low and not series.bare then
    parts[1] = element("path", { d = band_of(points, x, y), class = "band" })
  end
  parts[#parts + 1] = element("path", { d = path_of(points, x, y, "y"),
    class = series.dashed and "line dashed" or "line" })
  for _, point in ipairs(series.dashed and {} or points) do
    parts[#parts + 1] = element("circle", { cx = x:place(point.x), cy = y:place(point.y), r = 4,
      class = "dot" }, hint(point.hint))
  end
  return element("g", { class = "series " .. class_of(series.colour or n),
    ["data-series"] = series.name }, table.concat(parts, "\n"))
end

local function extremes(list)
  local least, largest = math.huge, -math.huge
  for _, series in ipairs(list) do
    for _, point in ipairs(series.points) do
      least = math.min(least, not series.bare and point.low or point.y)
      largest = math.max(largest, not series.bare and point.high or point.y)
    end
  end
  return least, largest
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

local function scale_x(list)
  local values = all_x(list)
  local least, largest = values[1], values[#values]
  if least > 0 and largest / least >= 10 then
    return scale.log(least, largest, LEFT, WIDTH - RIGHT, #values <= 12 and values or nil)
  end
  local linear = scale.linear(largest, LEFT, WIDTH - RIGHT)
  linear.high = largest * 1.02
  linear.marks = #values <= 12 and values or linear.marks
  return linear
end

-- Lines over a number. options: title, for those who cannot see it; x and y, what the axes are;
-- log_y. list: series { name=, points = { { x=, y=, low=, high= the band, if any, hint= }, ... },
-- bare= without its band, dashed= a fit rather than figures, colour= the place of the series it
-- belongs to }.
function chart.lines(options, list)
  local x = scale_x(list)
  local least, largest = extremes(list)
  local y = options.log_y and scale.log(least, largest, HEIGHT - BOTTOM, TOP)
    or scale.linear(largest, HEIGHT - BOTTOM, TOP)
  local parts = {}
  axes(parts, x, y, options)
  for n, series in ipairs(list) do parts[#parts + 1] = line_series(n, series, x, y) end
  return picture(WIDTH, HEIGHT, options.title, parts)
end

--- Bars.

local BAR, GAP = 18, 8
local LABELS = 250 -- what labels take of the width
local LONGEST_LABEL = 36

local function cut(label)
  if (utf8.len(label) or #label) <= LONGEST_LABEL then return label end
  return label:sub(1, (utf8.offset(label, LONGEST_LABEL) or LONGEST_LABEL) - 1) .. "\u{2026}"
end

local function bar_parts(bar, x, top)
  local parts, at = {}, 0
  for n, part in ipairs(bar.parts) do
    local from, to = x:place(at), x:place(at + part.value)
    at = at + part.value
    parts[#parts + 1] = element("rect", { x = from, y = top, width = math.max(to - from, 0),
      height = BAR, class = "series " .. class_of(part.colour or n), ["data-series"] = part.name },
      hint(part.hint))
  end
  if bar.low then
    local middle = top + BAR / 2
    parts[#parts + 1] = element("path", { class = "whisker",
      d = ("M%.1f %.1fH%.1f"):format(x:place(bar.low), middle, x:place(bar.high)) })
  end
  return table.concat(parts, "\n")
end

local function largest_bar(bars)
  local largest = 0
  for _, bar in ipairs(bars) do
    local sum = 0
    for _, part in ipairs(bar.parts) do sum = sum + part.value end
    largest = math.max(largest, sum, bar.high or 0)
  end
  return largest
end

-- Bars, one below the other. options: title, x= what is measured, most= the axis' end. bars: {
-- label=, parts = { { name=, value=, hint=, colour= }, ... }, shown= what stands at its end, low=,
-- high= its range }.
function chart.bars(options, bars)
  local left = LABELS
  local height = #bars * (BAR + GAP) + 44
  local largest = options.most or largest_bar(bars)
  local x = scale.linear(largest, left, WIDTH - 90)
  if options.most then x.high = options.most end
  local parts = {}
  for _, mark in ipairs(x.marks) do
    if mark <= x.high * 1.0001 then
      parts[#parts + 1] = element("line", { x1 = x:place(mark), x2 = x:place(mark), y1 = 0,
        y2 = height - 38, class = "grid" })
      parts[#parts + 1] = text("text", { x = x:place(mark), y = height - 22,
        ["text-anchor"] = "middle" }, scale.shown(mark))
    end
  end
  for i, bar in ipairs(bars) do
    local top = (i - 1) * (BAR + GAP) + 4
    parts[#parts + 1] = element("text", { x = left - 8, y = top + 13, ["text-anchor"] = "end" },
      html.escape(cut(bar.label)) .. hint(bar.label))
    parts[#parts + 1] = bar_parts(bar, x, top)
    parts[#parts + 1] = text("text", { x = WIDTH - 4, y = top + 13, ["text-anchor"] = "end",
      class = "value" }, bar.shown or "")
  end
  parts[#parts + 1] = text("text", { x = (left + WIDTH - 90) / 2, y = height - 5,
    ["text-anchor"] = "middle", class = "axis" }, options.x)
  return picture(WIDTH, height, options.title, parts)
end

-- What the colours stand for: names in their order; a click hides what has the name.
function chart.legend(names)
  local items = {}
  for n, name in ipairs(names) do
    items[n] = element("span", { class = "key " .. class_of(n), ["data-key"] = name },
      element("span", { class = "swatch" }, "") .. html.escape(name))
  end
  return element("p", { class = "legend" }, table.concat(items, "\n"))
end

return chart
