-- page/waits.lua - what the server's backends were doing and waiting for: on the whole, as stacked
-- bars, and over time. Pure.

local areas = require "bigdata.page.areas"
local html = require "bigdata.page.html"
local plot = require "bigdata.page.plot"
local series = require "bigdata.page.series"
local shares = require "bigdata.page.shares"
local sighting = require "bigdata.result.sighting"
local text = require "bigdata.text"

local waits = {}

local MOST_WAITS = 7

local function server_of(result, item)
  local step = series.middle_step(result, item)
  return step and step.server
end

local IDLE = sighting.IDLE

local function wait_name(seen)
  return sighting.word(seen,
    seen.wait_event and ("%s %s"):format(seen.wait_event_type, seen.wait_event))
end

-- The shares of all sightings by what was waited for; nil if there are none.
local function shares_of(server)
  if not server or not server.states then return nil end
  local found = {}
  for _, seen in ipairs(server.states) do
    local name = wait_name(seen)
    found[name] = (found[name] or 0) + seen.share
  end
  return found
end

-- The waits that were seen most, over all trials, a key for all others, and idleness last: {
-- name=, class= }.
local function common_keys(result)
  local sums = {}
  for _, item in ipairs(result.trials) do
    for name, share in pairs(shares_of(server_of(result, item)) or {}) do
      sums[name] = (sums[name] or 0) + share
    end
  end
  local idle = sums[IDLE]
  sums[IDLE] = nil
  local names = text.keys(sums)
  table.sort(names, function(a, b)
    if sums[a] ~= sums[b] then return sums[a] > sums[b] end
    return a < b
  end)
  local keys = {}
  for n = 1, math.min(#names, MOST_WAITS) do
    keys[n] = { name = names[n], class = plot.class(n) }
  end
  if #names > MOST_WAITS then keys[#keys + 1] = { name = "other", class = "s8 other" } end
  if idle then keys[#keys + 1] = { name = IDLE, class = plot.REST } end
  return keys
end

-- The shares of the keys' names, and of all others as "other".
local function kept(found, keys)
  local known, few = {}, { other = 0 }
  for _, key in ipairs(keys) do known[key.name] = true end
  for name, share in pairs(found) do
    local place = known[name] and name or "other"
    few[place] = (few[place] or 0) + share
  end
  return few
end

-- The picture on the whole; nil if nothing was seen.
function waits.picture(result)
  local keys = common_keys(result)
  return shares.stacked(result, keys, function(item)
    local found = shares_of(server_of(result, item))
    return found and kept(found, keys)
  end, {
    title = "what the server was doing",
    about = series.about_one(result, "the states of the pool's backends, and what they waited "
      .. "for, by how often they were seen so"),
  })
end

--- Over time.

-- The shares of each interval by name: those of states that are too rare to be told by intervals
-- are "other".
local function timed_shares(server, keys)
  local sums, layers, known = server.intervals.sightings, { other = {} }, {}
  for _, key in ipairs(keys) do known[key.name], layers[key.name] = true, {} end
  for i, sum in ipairs(sums) do
    for _, layer in pairs(layers) do layer[i] = 0 end
    layers.other[i] = sum > 0 and 1 or 0
    for _, seen in ipairs(server.states) do
      local name = wait_name(seen)
      if known[name] and seen.counts and sum > 0 then
        local share = seen.counts[i] / sum
        layers[name][i] = layers[name][i] + share
        layers.other[i] = math.max(layers.other[i] - share, 0)
      end
    end
  end
  return layers
end

local function panel(label, server, keys)
  local timed, layers = timed_shares(server, keys), {}
  for n, key in ipairs(keys) do
    layers[n] = { name = key.name, class = key.class, shares = timed[key.name], hint = key.name }
  end
  return areas.svg({ title = label, seconds = #server.intervals.sightings
    * server.intervals.seconds }, layers), timed
end

local function timed_rows(rows, label, server, keys, timed)
  for i in ipairs(server.intervals.sightings) do
    local row = { label, series.shown((i - 1) * server.intervals.seconds) }
    for n, key in ipairs(keys) do row[n + 2] = ("%.0f %%"):format(timed[key.name][i] * 100) end
    rows[#rows + 1] = row
  end
end

-- The keys with one for others, which intervals always may have.
local function with_rest(keys)
  for _, key in ipairs(keys) do
    if key.name == "other" then return keys end
  end
  table.insert(keys, math.max(#keys, 1), { name = "other", class = "s8 other" })
  return keys
end

-- Panels in a row; those of a series stand under its name.
local function grouped(panels)
  local parts, group = {}, nil
  for i, one in ipairs(panels) do
    if i == 1 or one.group ~= group then
      group = one.group
      parts[#parts + 1] = { title = (group or "") ~= "" and html.text("h3", {}, group) or "" }
    end
    table.insert(parts[#parts], one.svg)
  end
  for i, part in ipairs(parts) do
    parts[i] = part.title .. html.element("div", { class = "panels" }, table.concat(part, "\n"))
  end
  return table.concat(parts, "\n")
end

-- The same over time, a panel for each trial; nil if that is not told of any.
function waits.over_time(result)
  local keys = with_rest(common_keys(result))
  local panels, rows, numbers = {}, { { "trial", "from s" } }, { false, true }
  for n, key in ipairs(keys) do rows[1][n + 2], numbers[n + 2] = key.name, true end
  for _, item in ipairs(result.trials) do
    local server = server_of(result, item)
    if server and server.states and server.intervals and #server.intervals.sightings > 0 then
      local label, group = series.place(result, item)
      local svg, timed = panel(label, server, keys)
      panels[#panels + 1] = { svg = svg, group = group }
      timed_rows(rows, series.label(result, item), server, keys, timed)
    end
  end
  if #panels == 0 then return nil end
  return {
    title = "what the server was doing, over time", legend = keys, rows = rows, numbers = numbers,
    about = "The same shares from the beginning of the step to its end: a checkpoint, or a queue "
      .. "that runs empty, shows here. Blank: nothing was seen then.",
    html = grouped(panels),
  }
end

return waits
