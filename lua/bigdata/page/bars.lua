-- page/bars.lua - bars, one below the other, each a line of HTML with an SVG in it: so that names
-- stand beside the bars where there is room, and else above them. Pure.

local html = require "bigdata.page.html"
local plot = require "bigdata.page.plot"
local scale = require "bigdata.page.scale"

local bars = {}

local element, text = html.element, html.text

local HEIGHT = 18
local WIDE_PART = 9 -- percent of the width in which a number has room

local function part_parts(part, x, at)
  local from, to = x:place(at), x:place(at + part.value)
  local parts = { element("rect", { x = plot.percent(from), y = 0,
    width = plot.percent(math.max(to - from, 0)), height = HEIGHT }, plot.hint(part.hint)) }
  if part.shown and to - from >= WIDE_PART then
    parts[2] = text("text", { x = plot.percent((from + to) / 2), y = HEIGHT / 2 + 4,
      class = "inside" }, part.shown)
  end
  return element("g", { class = "series " .. part.class, ["data-series"] = part.name },
    table.concat(parts))
end

-- The range, with small ends.
local function whisker(bar, x)
  local low = plot.percent(x:place(bar.low))
  local high = plot.percent(math.min(x:place(bar.high), 100))
  local parts = { element("line", { x1 = low, x2 = high, y1 = HEIGHT / 2, y2 = HEIGHT / 2 }) }
  for _, place in ipairs { low, high } do
    parts[#parts + 1] = element("line", { x1 = place, x2 = place, y1 = HEIGHT / 2 - 4,
      y2 = HEIGHT / 2 + 4 })
  end
  return element("g", { class = "whisker" }, table.concat(parts))
end

local function track(bar, x)
  local parts, at = {}, 0
  for _, mark in ipairs(x.marks) do
    local place = plot.percent(x:place(mark))
    parts[#parts + 1] = element("line", { x1 = place, x2 = place, y1 = -4, y2 = HEIGHT + 4,
      class = "grid" })
  end
  for _, part in ipairs(bar.parts) do
    parts[#parts + 1] = part_parts(part, x, at)
    at = at + part.value
  end
  if bar.low and bar.high > bar.low then parts[#parts + 1] = whisker(bar, x) end
  return plot.svg(bar.label, HEIGHT, parts)
end

local function row(bar, x)
  return element("div", { class = "bar" }, text("span", { class = "name" }, bar.label)
    .. element("span", { class = "track" }, track(bar, x))
    .. text("span", { class = "value" }, bar.shown or ""))
end

-- A range that goes further than this beyond the longest bar is cut off.
local BEYOND = 1.5

local function largest_bar(list)
  local largest, high = 0, 0
  for _, bar in ipairs(list) do
    local sum = 0
    for _, part in ipairs(bar.parts) do sum = sum + part.value end
    largest, high = math.max(largest, sum), math.max(high, bar.high or 0)
  end
  return math.max(largest, math.min(high, largest * BEYOND))
end

local function axis(options, x)
  return element("div", { class = "bar axis-row" }, element("span", { class = "name" }, "")
    .. element("span", { class = "track" }, plot.svg(options.x, 20, { plot.marks_across(x, -4) }))
    .. text("span", { class = "value unit-end" }, options.x))
end

-- The room that names have beside the bars, in pixels; longer ones are broken.
local LEAST_ROOM, MOST_ROOM = 120, 280

local function room_of(list)
  local room = LEAST_ROOM
  for _, bar in ipairs(list) do room = math.max(room, plot.width_of(bar.label)) end
  return math.floor(math.min(room, MOST_ROOM))
end

-- The bars. options: x= what is measured, most= the axis' end, if it has one. list: { label=,
-- group= what those of one group stand under, or nil, parts = { { name=, value=, class= its colour,
-- shown= what stands in it, if anything, hint= }, ... }, shown= what stands at its end, low=, high=
-- its range }.
function bars.html(options, list)
  local x = scale.linear(options.most or largest_bar(list), 0, 100)
  local rows, group = {}, ""
  for _, bar in ipairs(list) do
    if (bar.group or "") ~= group then
      group = bar.group
      rows[#rows + 1] = text("h3", {}, group)
    end
    rows[#rows + 1] = row(bar, x)
  end
  rows[#rows + 1] = axis(options, x)
  return element("div", { class = "bars", style = ("--name:%dpx"):format(room_of(list)) },
    table.concat(rows, "\n"))
end

return bars
