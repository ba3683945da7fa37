-- The peers: each stores the same rows as row_by_row does. Those that are not installed are
-- skipped.

local catalog = require "bigdata.scenario.catalog"
local core = require "bigdata.core"
local external = require "bigdata.external"
local kit = dofile "tests/support/scenario_kit.lua"
local tables = require "bigdata.tables"

local LIMIT = 3
local LINE = ("--limit %d -c 2"):format(LIMIT)

-- A role that needs a password, and how it connects.
local secret

local function ask_for_passwords()
  kit.execute [[create role secret superuser login password 'it''s "a" \secret']]
  local path = kit.server:folder() .. "/data/pg_hba.conf"
  local file <close> = assert(io.open(path, "r+"))
  local rules = file:read("a")
  file:seek("set")
  assert(file:write("local all secret scram-sha-256\n", rules))
  file:flush()
  kit.query "select pg_reload_conf()"
  local plain = kit.server:conninfo():gsub("user=%S+", "") .. " user=secret"
  repeat until not core.connect(plain .. " password=wrong")
  secret = plain .. [[ password='it\'s "a" \\secret' sslmode=prefer connect_timeout=60]]
    .. " application_name=peers"
end

local NAME = "it's there" -- of another database

setup(function()
  kit.open(30)
  ask_for_passwords()
  kit.execute [[create database "it's there"]]
end)
teardown(kit.close)

-- What is stored, whatever the ids of the geographic headers are.
local CHECKSUM = [[
  select count(*) || ' ' || sum(('x' || left(md5(concat_ws('|', g.fileid, g.stusab, g.chariter,
    g.cifsn, g.logrecno, d.dictionary_item_id, d.value)), 8))::bit(32)::int::numeric) as sum
  from geo_record as g join data_element as d on d.geo_record_id = g.id]]

local function stored()
  return kit.query(CHECKSUM)[1].sum
end

local object = assert(catalog.load("threads_vs_async"))

-- The peer with these variables, words "NAME=value".
local function with_variables(peer, words)
  local command = tables.append({ "env", table.unpack(words) }, peer.command)
  return external.new { name = peer.name, command = command }
end

-- The peer, told a database's name and no more; libpq's variables have the rest.
local function by_name(peer, name)
  local at = kit.query("select current_user as role, current_setting('port') as port")[1]
  return with_variables(peer, { "PGHOST=" .. kit.server:folder(), "PGPORT=" .. at.port,
    "PGUSER=" .. at.role, "BIGDATA_DBURL=" .. name })
end

describe("the peer", function()
  local ours

  setup(function()
    assert.equal("done", assert(kit.run("row_by_row", LINE)).ended)
    ours = stored()
  end)

  local known = {}
  for _, base in ipairs(object.bases) do
    if base.external and not known[base.external] then
      known[base.external] = true
      local why = external.missing(base.external)
      local case = why and pending or it
      case(base.name .. (why and ": " .. why or " stores what we store"), function()
        local settings, flags = kit.parse(object.scenario, LINE)
        local outcome, message = external.run(base.external, settings, flags, nil, object.scenario)
        assert(outcome, message)
        assert.equal(LIMIT * 222, outcome.steps[#outcome.steps].rows)
        if base.external.needs:find("python3-", 1, true) then
          local geo, data = outcome.steps[1], outcome.steps[2]
          assert.same({ "geo", LIMIT }, { geo.name, geo.rows })
          assert.is_true(data.fed_rows <= data.rows and data.fed_seconds <= data.seconds)
        end
        assert.equal(ours, stored())
      end)

      case(base.name .. (why and ": " .. why or " connects as --dburl and --delay say"), function()
        for _, delay in ipairs { 0, 1 } do
          local settings, flags = kit.parse(object.scenario, LINE .. " --delay " .. delay)
          settings.dburl = secret
          assert(external.run(base.external, settings, flags, nil, object.scenario))
          assert.equal(ours, stored())
        end
      end)

      case(base.name .. (why and ": " .. why or " connects to a database by its name"), function()
        local settings, flags = kit.parse(object.scenario, LINE)
        settings.dburl = assert(core.conninfo(settings.dburl, { dbname = NAME }))
        assert(external.run(by_name(base.external, NAME), settings, flags, nil, object.scenario))
        local connection <close> = assert(core.connect(settings.dburl))
        assert.equal(ours, assert(connection:query(CHECKSUM))[1].sum)
      end)
    end
  end

  local function pgbench_is_there()
    for _, base in ipairs(object.bases) do
      if base.name == "pgbench" then return not external.missing(base.external), base.external end
    end
  end

  local there, pgbench = pgbench_is_there()
  local case = there and it or pending
  case("pgbench does not tell of each statement, which costs it a fifth of its rate", function()
    local said = kit.write("said", "")
    os.execute("chmod +x " .. kit.write("pgbench",
      ('#!/bin/sh\nPATH=${PATH#*:}\nexec pgbench "$@" 2>>%s\n'):format(said)))
    local wrapped = with_variables(pgbench, { ("PATH=%s:%s"):format(kit.folder, os.getenv "PATH") })
    local settings, flags = kit.parse(object.scenario, LINE)
    assert(external.run(wrapped, settings, flags, nil, object.scenario))
    local file <close> = assert(io.open(said))
    assert.is_nil(file:read("a"):find("sending", 1, true))
  end)

  case("pgbench removes the tables it has laid out where it fails", function()
    local settings, flags = kit.parse(object.scenario, "--limit 3 -c 50") -- more than there are
    local outcome, message = external.run(pgbench, settings, flags, nil, object.scenario)
    assert.is_true(not outcome or outcome.ended ~= "done", message)
    assert.is_nil(kit.query("select to_regclass('pgbench_records_0') as name")[1].name)
  end)
end)
