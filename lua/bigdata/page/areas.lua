-- page/areas.lua - shares over time: steps on top of each other, which fill the picture. Pure.

local html = require "bigdata.page.html"
local plot = require "bigdata.page.plot"

local areas = {}

local element, text = html.element, html.text

local HEIGHT = 96

-- The outline of a layer whose lower and upper edges are given for each interval.
local function outline(lower, upper, width)
  local there, back = {}, {}
  for i = 1, #upper do
    there[i] = ("%s%.2f %.1fH%.2f"):format(i == 1 and "M" or "L", (i - 1) * width,
      HEIGHT * (1 - upper[i]), i * width)
    local n = #upper - i + 1
    back[i] = ("L%.2f %.1fH%.2f"):format(n * width, HEIGHT * (1 - lower[n]), (n - 1) * width)
  end
  return table.concat(there) .. table.concat(back) .. "Z"
end

local function times(seconds)
  local shown = seconds >= 10 and ("%.0f s"):format(seconds) or ("%.2g s"):format(seconds)
  return text("text", { x = 0, y = HEIGHT + 15, class = "tick" }, "0")
    .. text("text", { x = "100%", y = HEIGHT + 15, class = "tick across-end" }, shown)
end

-- The picture. options: title; seconds, of all intervals. layers, from below: { name=, class=,
-- shares = { of each interval, or none where nothing is known }, hint= }.
function areas.svg(options, layers)
  local lower, count = {}, #layers[1].shares
  for i = 1, count do lower[i] = 0 end
  local parts = {}
  for n, layer in ipairs(layers) do
    local upper = {}
    for i = 1, count do upper[i] = lower[i] + layer.shares[i] end
    parts[n] = element("path", { d = outline(lower, upper, 100 / count),
      class = "area series " .. layer.class, ["data-series"] = layer.name },
      plot.hint(layer.hint))
    lower = upper
  end
  return element("div", { class = "panel" }, text("p", { class = "unit" }, options.title)
    .. plot.svg(options.title, HEIGHT, { element("rect", { width = "100%", height = HEIGHT,
    class = "ground" }), plot.curves(HEIGHT, parts), times(options.seconds) }))
end

return areas
