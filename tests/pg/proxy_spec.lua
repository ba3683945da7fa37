-- core.proxy: a longer way to the server.

local core = require "bigdata.core"

local DELAY = 0.02

local server

setup(function()
  server = assert(core.server { max_connections = 30, settings = { "fsync=off" } })
end)

teardown(function() server:close() end)

local function timed(f)
  local began = core.now()
  f()
  return core.now() - began
end

-- delay: in seconds.
local function open_proxy(delay)
  return assert(core.proxy { conninfo = server:conninfo(), delay = delay, clients = 2 })
end

describe("a proxy", function()
  it("makes every round trip longer, by the delay each way", function()
    local proxy <close> = open_proxy(DELAY)
    local connection <close> = assert(core.connect(proxy:conninfo()))
    for _ = 1, 5 do
      local took = timed(function()
        assert.equal("7", assert(connection:query("select 7 as seven"))[1].seven)
      end)
      assert.is_true(took >= 2 * DELAY, took)
    end
  end)

  it("hands on every byte, in order, in both directions", function()
    local proxy <close> = open_proxy(0.001)
    local connection <close> = assert(core.connect(proxy:conninfo()))
    local long = ("0123456789abcdef"):rep(500000)
    local row = assert(connection:query("select $1::text as back, md5($1::text) as sum", long))[1]
    assert.is_true(row.back == long)
    local direct <close> = assert(core.connect(server:conninfo()))
    assert.equal(assert(direct:query("select md5($1::text) as sum", long))[1].sum, row.sum)
  end)

  it("takes many connections, to the same database as the same user", function()
    local proxy <close> = open_proxy(0)
    local pool <close> = assert(core.pool { conninfo = proxy:conninfo(), size = 20 })
    assert.is_truthy(pool)
    local WHO = "select current_user || current_database() as who"
    local through <close> = assert(core.connect(proxy:conninfo()))
    local direct <close> = assert(core.connect(server:conninfo()))
    assert.same(direct:query(WHO), through:query(WHO))
  end)

  it("knows what it takes of the processor", function()
    local proxy <close> = open_proxy(0)
    local connection <close> = assert(core.connect(proxy:conninfo()))
    local user, system = proxy:used()
    for _ = 1, 500 do connection:query "select repeat('x', 100000)" end
    local later_user, later_system = proxy:used()
    assert.is_true(later_user >= user and later_system >= system)
    assert.is_true(later_user + later_system > user + system)
  end)

  it("ends the connections that go through it with itself", function()
    local proxy = open_proxy(0)
    local connection <close> = assert(core.connect(proxy:conninfo()))
    proxy:close()
    local rows, _, info = connection:query("select 1")
    assert.is_nil(rows)
    assert.equal("CONN", info.code)
  end)

  it("passes on that the server has closed a connection", function()
    local proxy <close> = open_proxy(0.001)
    local connection <close> = assert(core.connect(proxy:conninfo()))
    local rows, message = connection:query("select pg_terminate_backend(pg_backend_pid())")
    assert.is_nil(rows)
    assert.is_truthy(message:find("terminating connection", 1, true), message)
  end)

  it("is not opened where no server answers", function()
    local proxy, message, info = core.proxy { conninfo = "host=/nowhere", delay = 0, clients = 2 }
    assert.is_nil(proxy)
    assert.equal("CONN", info.code)
    assert.is_truthy(message:find("cannot connect", 1, true), message)
  end)
end)
