-- pgbouncer between us and the server, in transaction mode: each transaction may be given another
-- of its connections.

local kit = dofile "tests/support/scenario_kit.lua"
local connections = require "bigdata.trial.connections"
local core = require "bigdata.core"
local lfs = require "lfs"
local sample = require "bigdata.census.sample"

local RECORDS = 20

local SETTINGS = [[
[databases]
* = host=%s user=bigdata
[pgbouncer]
unix_socket_dir = %s
listen_port = 6432
auth_type = any
admin_users = bigdata
pool_mode = transaction
default_pool_size = 2
pidfile = %s/pid
logfile = %s/log
]]

local CONTENTS = [[
  select count(*) as count, sum(d.value) as sum
  from data_element as d join geo_record as g on g.id = d.geo_record_id]]

-- Where it is installed, which need not be on everybody's path.
local function find_pgbouncer()
  local path = os.getenv "PATH" .. ":/usr/sbin"
  for folder in path:gmatch("[^:]+") do
    if lfs.attributes(folder .. "/pgbouncer") then return folder .. "/pgbouncer" end
  end
end

local pgbouncer = find_pgbouncer()

if not pgbouncer then
  pending("needs pgbouncer (Debian's package pgbouncer)")
  return
end

describe("behind pgbouncer", function()
  local pooled, folder, expected

  -- As the server's owner: nobody else may connect to a private server, and root may not run it.
  local function start(place)
    local settings = kit.write("pgbouncer.ini",
      SETTINGS:format(kit.server:folder(), place, place, place))
    local owner = lfs.attributes(kit.server:folder(), "uid")
    local as_owner = lfs.attributes(place, "uid") == owner and ""
      or ("chown %d '%s' && setpriv --reuid=%d --clear-groups "):format(owner, place, owner)
    assert(os.execute(("%s'%s' -d -q '%s'"):format(as_owner, pgbouncer, settings)))
    pooled = ("host=%s port=6432 user=bigdata dbname=bigdata"):format(place)
    local give_up = core.now() + 20
    local connection, message = core.connect(pooled)
    while not connection and core.now() < give_up do
      os.execute "sleep 0.05"
      connection, message = core.connect(pooled)
    end
    assert(connection, message):close()
  end

  -- How many prepared statements it is to know of each server connection; 0: it passes on what we
  -- prepare, wherever that goes. Versions before 1.21 cannot but do that: false.
  local function know_prepared(count)
    local console <close> = assert(core.connect((pooled:gsub("dbname=%S+", "dbname=pgbouncer"))))
    return (console:execute(("set max_prepared_statements = %d"):format(count)))
  end

  local function run(name, line)
    return kit.run(name, "-c 10 " .. line, { "--directory", folder, "--dburl", pooled })
  end

  setup(function()
    kit.open(40)
    folder = kit.folder .. "/sample"
    assert(sample.generate { records = RECORDS, seed = 7, output = folder })
    assert(kit.run("row_by_row", "", { "--directory", folder }))
    expected = kit.query(CONTENTS)[1]
    local place = kit.folder .. "/pgbouncer"
    assert(lfs.mkdir(place))
    start(place)
  end)

  teardown(function()
    local file <close> = io.open(kit.folder .. "/pgbouncer/pid")
    if file then os.execute("kill " .. file:read("n")) end
    os.execute(("rm -r '%s'/*"):format(kit.folder))
    kit.close()
  end)

  for _, name in ipairs { "row_by_row", "ingest" } do
    for _, line in ipairs { "-M extended", "-M simple", "-M extended --loop lua",
      "-M extended --engine poll --commit-every 2 --resume" } do
      it(("%s stores the same with %s"):format(name, line), function()
        local result = assert(run(name, line))
        assert.equal("done", result.ended)
        assert.same(expected, kit.query(CONTENTS)[1])
      end)
    end
  end

  it("the server does not say how many connections there may be", function()
    assert.is_true(connections.left(pooled) <= 40)
    assert.is_true(select(2, connections.left(pooled)))
    assert.is_false(select(2, connections.left(kit.server:conninfo())))
  end)

  it("prepared statements work if it knows of them", function()
    if not know_prepared(100) then
      pending("pgbouncer knows prepared statements since 1.21: this is older")
    end
    assert.equal("done", assert(run("row_by_row", "")).ended)
    assert.same(expected, kit.query(CONTENTS)[1])
  end)

  for _, loop in ipairs { "c", "lua" } do
    it("other prepared statements fail with the way out, in the loop " .. loop, function()
      know_prepared(0)
      local result, message = run("row_by_row", "--loop " .. loop)
      local sample_of = result and (result.steps[2] or result.steps[1]).samples[1]
      message = message or sample_of and sample_of.reason or "it has not failed"
      assert.is_truthy(message:find("pgbouncer, use --protocol extended", 1, true), message)
    end)
  end
end)
