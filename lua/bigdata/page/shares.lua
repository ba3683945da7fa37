-- page/shares.lua - where the workers' time went, as stacked bars. Pure.

local bars = require "bigdata.page.bars"
local interval = require "bigdata.interval"
local plot = require "bigdata.page.plot"
local series = require "bigdata.page.series"

local shares = {}

local STATES = interval.STATES

local CLASSES = { source = plot.REST, client = plot.class(2), send = plot.class(5),
  server = plot.class(1), turn = plot.class(4) }

-- Stacked bars of shares. keys: { name=, class= } in their order. of(item): a trial's shares by
-- name, or nil if it has none. words: title, about. nil if no trial has any.
function shares.stacked(result, keys, of, words)
  local list, rows, numbers = {}, { { "trial" } }, { false }
  for i, key in ipairs(keys) do rows[1][i + 1], numbers[i + 1] = key.name, true end
  for _, item in ipairs(result.trials) do
    local found = of(item)
    if found then
      local label = series.label(result, item)
      local parts, row = {}, { label }
      for i, key in ipairs(keys) do
        local percent = (found[key.name] or 0) * 100
        parts[i] = { name = key.name, value = percent, class = key.class,
          shown = ("%.0f %%"):format(percent),
          hint = ("%s: %s %.1f %%"):format(label, key.name, percent) }
        row[i + 1] = ("%.1f %%"):format(percent)
      end
      local short, group = series.place(result, item)
      list[#list + 1] = { label = short, group = group, parts = parts }
      rows[#rows + 1] = row
    end
  end
  if #list == 0 then return nil end
  return {
    title = words.title, about = words.about, legend = keys, rows = rows, numbers = numbers,
    html = bars.html({ x = "percent", most = 100 }, list),
  }
end

local function worker_shares(step)
  local spent, all = step and step.worker_seconds, 0
  if not spent then return nil end
  for _, name in ipairs(STATES) do all = all + (spent[name] or 0) end
  if all <= 0 then return nil end
  local found = {}
  for _, name in ipairs(STATES) do found[name] = (spent[name] or 0) / all end
  return found
end

-- The picture; nil if no trial tells of it.
function shares.picture(result)
  local keys = {}
  for i, name in ipairs(STATES) do keys[i] = { name = name, class = CLASSES[name] } end
  return shares.stacked(result, keys, function(item)
    return worker_shares(series.middle_step(result, item))
  end, {
    title = "where the workers' time went",
    about = series.about_one(result, "waiting for the server, for their turn, or computing"),
  })
end

return shares
