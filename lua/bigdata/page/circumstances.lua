-- page/circumstances.lua - when, where and under which settings a result was measured. Pure.

local html = require "bigdata.page.html"
local options = require "bigdata.cli.options"
local settings = require "bigdata.scenario.settings"
local tables = require "bigdata.tables"
local text = require "bigdata.text"

local circumstances = {}

local element = html.element

local function shown(value)
  if math.type(value) == "integer" then return text.count(value) end
  return math.type(value) == "float" and ("%.4g"):format(value) or settings.shown(value)
end

-- Names and values as a table; values that are tables themselves are left out.
local function facts(title, values)
  local rows = { { title, "" } }
  for _, name in ipairs(text.keys(values)) do
    if type(values[name]) ~= "table" then
      rows[#rows + 1] = { options.dashed(name), shown(values[name]) }
    end
  end
  return #rows > 1 and html.rows(rows, { false, false }, "facts") or ""
end

-- The first run that tells of its server, or the first at all.
local function first_run(result)
  local first
  for _, item in ipairs(result.trials) do
    local run = item.runs[1]
    if run and run.server then return run end
    first = first or run
  end
  return first or {}
end

-- "2026-11-23 00:35 UTC" of "2026-11-23T00:35:31Z".
local function moment(started)
  local day, time = tostring(started):match("^(%d+%-%d+%-%d+)T(%d+:%d+)")
  return day and ("%s %s UTC"):format(day, time) or "at an unknown time"
end

local function sentence(result, run)
  local machine, server = run.environment or {}, run.server or {}
  local parts = { result.scenario, "measured " .. moment(run.started) }
  if machine.bigdata then parts[2] = parts[2] .. " by bigdata " .. machine.bigdata end
  if server.version then parts[#parts + 1] = "with PostgreSQL " .. server.version end
  if machine.cores then
    parts[#parts + 1] = ("on %s of %s"):format(text.plural(machine.cores, "core"),
      machine.processor or "an unknown processor")
  end
  return table.concat(parts, ", ") .. "."
end

-- The section.
function circumstances.section(result)
  local run = first_run(result)
  local server = tables.copy(run.server or {})
  if server.private then server.description = nil end -- where it was: it is gone
  return element("section", {}, html.text("h2", {}, "settings and environment")
    .. html.text("p", { class = "soft" }, sentence(result, run))
    .. element("details", {}, html.text("summary", {}, "all that is known of the first run, the "
      .. "machine and the server") .. facts("setting", run.settings or {})
      .. facts("flag", run.flags or {}) .. facts("machine", run.environment or {})
      .. facts("server", server) .. facts("server setting", server.settings or {})))
end

return circumstances
