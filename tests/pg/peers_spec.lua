-- The peers: each stores the same rows as row_by_row does. Those that are not installed are
-- skipped.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local core = require "bigdata.core"
local external = require "bigdata.external"
local options = require "bigdata.cli.options"
local trial = require "bigdata.trial"

local LIMIT = 3

local server, connection

setup(function()
  server = assert(core.server { max_connections = 30, settings = { "fsync=off" } })
  connection = assert(core.connect(server:conninfo()))
end)

teardown(function()
  connection:close()
  server:close()
end)

local function parse(object)
  local args = { "--dburl", server:conninfo(), "--limit", tostring(LIMIT), "-c", "2" }
  local settings, _, flags = assert(arguments.parse(args, options.of(object), object.flags))
  return settings, flags
end

-- What is stored, whatever the ids of the geographic headers are.
local CHECKSUM = [[
  select count(*) || ' ' || sum(('x' || left(md5(concat_ws('|', g.fileid, g.stusab, g.chariter,
    g.cifsn, g.logrecno, d.dictionary_item_id, d.value)), 8))::bit(32)::int::numeric) as sum
  from geo_record as g join data_element as d on d.geo_record_id = g.id]]

local function stored()
  return assert(connection:query(CHECKSUM))[1].sum
end

local object = assert(catalog.load("threads_vs_async"))

describe("the peer", function()
  local ours

  setup(function()
    local scenario = assert(catalog.load("row_by_row"))
    local result = assert(trial.run(scenario, parse(scenario)))
    assert.equal("done", result.ended)
    ours = stored()
  end)

  local known = {}
  for _, base in ipairs(object.bases) do
    if base.external and not known[base.external] then
      known[base.external] = true
      local why = external.missing(base.external)
      local case = why and pending or it
      case(base.name .. (why and ": " .. why or " stores what we store"), function()
        local settings, flags = parse(object.scenario)
        local outcome, message = external.run(base.external, settings, flags, nil, object.scenario)
        assert(outcome, message)
        assert.equal(LIMIT * 222, outcome.steps[1].rows)
        assert.equal(ours, stored())
      end)
    end
  end
end)
