-- page/plot.lua - the frame that pictures are drawn in. Pure.
--
-- A picture is as wide as its box, on a phone as on a desk, and its letters are as large on both:
-- so places across are percentages, places down are pixels. Only curves are stretched, in an SVG
-- of their own, whose strokes are not.

local html = require "bigdata.page.html"

local plot = {}

local element, text = html.element, html.text

local COLOURS = 7

-- The class that gives the n-th series its colour. Colours come again; then the dots are hollow.
function plot.class(n)
  return ("s%d%s"):format((n - 1) % COLOURS + 1, n > COLOURS and " hollow" or "")
end

-- The class of what is no more than the rest.
plot.REST = "s8"

function plot.percent(place)
  return ("%.2f"):format(place):gsub("%.?0+$", "") .. "%"
end

-- What is shown under the pointer.
function plot.hint(words)
  return words and text("title", {}, words) or ""
end

-- About how wide words are, in pixels.
function plot.width_of(words)
  return (utf8.len(words) or #words) * 7.4
end

-- Words of at most so many letters.
function plot.cut(words, most)
  if (utf8.len(words) or #words) <= most then return words end
  return words:sub(1, (utf8.offset(words, most) or most) - 1) .. "\u{2026}"
end

-- An SVG so many pixels high.
function plot.svg(label, height, parts)
  return element("svg", { role = "img", ["aria-label"] = label, width = "100%", height = height },
    table.concat(parts, "\n"))
end

-- Paths, whose places across are percentages, too.
function plot.curves(height, parts)
  return element("svg", { viewBox = ("0 0 100 %d"):format(height), width = "100%",
    height = height, preserveAspectRatio = "none", class = "curves" }, table.concat(parts, "\n"))
end

-- What is less than this apart (in percent) would overlap in a wide picture, and in a narrow one.
local NEAR, NEAR_NARROW = 5.5, 13

-- Marks on the axis across; where there is little room, some of them have no number.
function plot.marks_across(x, height, grid)
  local parts, last, last_narrow = {}, -100, -100
  for _, mark in ipairs(x.marks) do
    local place = x:place(mark)
    if grid then
      parts[#parts + 1] = element("line", { x1 = plot.percent(place), x2 = plot.percent(place),
        y1 = 0, y2 = height, class = "grid" })
    end
    if place - last >= NEAR then
      local narrow = place - last_narrow >= NEAR_NARROW
      parts[#parts + 1] = text("text", { x = plot.percent(place), y = height + 18,
        class = narrow and "tick across" or "tick across spare" }, x:shown(mark))
      last, last_narrow = place, narrow and place or last_narrow
    end
  end
  return table.concat(parts, "\n")
end

-- Lines across at the marks of the axis upwards, with their numbers.
function plot.marks_up(y)
  local parts = {}
  for _, mark in ipairs(y.marks) do
    local place = y:place(mark)
    parts[#parts + 1] = element("line", { x1 = 0, x2 = "100%", y1 = place, y2 = place,
      class = "grid" })
    parts[#parts + 1] = text("text", { x = -8, y = place + 4, class = "tick up" },
      y:shown(mark))
  end
  return table.concat(parts, "\n")
end

-- What the colours stand for: keys { name=, class= }; with the script, a click hides what has the
-- name. class: its own.
function plot.legend(keys, class)
  local items = {}
  for n, key in ipairs(keys) do
    items[n] = element("span", { class = "key " .. key.class, ["data-key"] = key.name },
      element("span", { class = "swatch" }, "") .. html.escape(key.name))
  end
  return element("p", { class = class }, table.concat(items, "\n"))
end

return plot
