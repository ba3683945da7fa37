-- bigdata.core where it needs a server: connections, and little plans run by both engines.

local core = require "bigdata.core"
local lfs = require "lfs"

local kit = dofile "tests/support/spec_kit.lua"
local raises = kit.raises

local server, connection, folder

local function path(name) return folder .. "/" .. name end

local function write(name, text) return kit.write(path(name), text) end

-- The call fails as the world's fault: nil, a message that holds the text, and what it is.
local function fails(code, text, value, message, info)
  assert.is_nil(value)
  assert.is_truthy(message:find(text, 1, true), message)
  assert.equal(code, info.code)
  return info
end

local function query(...) return assert(connection:query(...)) end

setup(function()
  folder = os.tmpname()
  os.remove(folder)
  assert(lfs.mkdir(folder))
  server = assert(core.server { max_connections = 20, settings = { "work_mem=8MB" } })
  connection = assert(core.connect(server:conninfo()))
end)

teardown(function()
  connection:close()
  server:close()
  for name in lfs.dir(folder) do os.remove(path(name)) end
  lfs.rmdir(folder)
end)

before_each(function()
  collectgarbage("incremental", 100, 1000)
  assert(connection:execute [[
    drop table if exists point, item;
    create table point (x integer primary key, y text);
    create table item (id integer primary key, kind text, place integer);
    insert into item values (1, 'a', 1), (2, 'a', 2), (3, 'b', 1), (4, 'b', 2)]])
end)

after_each(function() collectgarbage("incremental", 200, 100) end)

describe("core.server", function()
  it("says where it is, and takes settings", function()
    assert.equal("directory", lfs.attributes(server:folder(), "mode"))
    assert.same({ { work_mem = "8MB" } }, query "show work_mem")
    assert.same({ { max_connections = "20" } }, query "show max_connections")
    assert.is_truthy(tostring(server):find("^server %(0x"))
  end)

  it("is gone with its folder when it is closed, before its connections even", function()
    local other = assert(core.server())
    local place = other:folder()
    local lost <close> = assert(core.connect(other:conninfo()))
    local pool <close> = assert(core.pool { conninfo = other:conninfo(), size = 2 })
    other:close()
    other:close()
    assert.is_nil(lfs.attributes(place))
    assert.equal("server (closed)", tostring(other))
    raises("attempt to use a closed server", other.conninfo, other)
    raises("attempt to use a closed server", other.folder, other)
    assert.is_nil(lost:query "select 1")
    assert.is_true(pool:open_seconds() > 0)
  end)

  it("fails on a setting that the server does not know", function()
    local value, message = core.server { settings = { "no_such_setting=1" } }
    assert.is_nil(value)
    assert.is_truthy(message:find("no_such_setting", 1, true), message)
  end)
end)

describe("a connection", function()
  it("gives rows as text, without what is NULL", function()
    assert.same({ { a = "1", b = "x" }, { a = "2" } },
      query "select * from (values (1, 'x'), (2, null)) as v (a, b)")
    assert.same({}, query "select 1 where false")
    assert.same({}, query "insert into point values (1, 'one')")
  end)

  it("takes strings, numbers, booleans and NULL as parameters", function()
    local rows = query("select $1::text as a, $2::text as b, $3::text as c, $4::text as d, "
      .. "$5::text as e, $6::text as f, $7::text as g, $8::text as h",
      "it's", 42, 0.1, true, nil, 3.0, 2 ^ 53, false)
    assert.same({ { a = "it's", b = "42", c = "0.1", d = "true", f = "3", g = "9007199254740992",
      h = "false" } }, rows)
    assert.same({ { same = "t" } }, query("select $1::float8 = 1.0::float8 / 3 as same", 1 / 3))
    local least = math.mininteger
    assert.same({ { n = tostring(least) } }, query("select $1::int8 as n", least))
    assert.same({ { n = "t" } }, query("select $1::text is null as n", nil))
    assert.same({ { a = "NaN", b = "NaN", c = "Infinity", d = "-Infinity" } }, -- as in plans
      query("select $1::numeric as a, $2::text as b, $3::text as c, $4::text as d", 0 / 0, -(0 / 0),
        math.huge, -math.huge))
  end)

  it("raises on values that SQL cannot have", function()
    raises("string, number, boolean or nil expected", connection.query, connection, "select $1", {})
    raises("zero byte", connection.query, connection, "select $1", "a\0b")
    raises("string expected", connection.query, connection, nil)
    raises("string expected", connection.execute, connection)
    raises("string expected", connection.parameter, connection, {})
    raises("connection expected", connection.query, server, "select 1")
  end)

  it("says what the server refuses, and goes on", function()
    local info = fails("SQL", "division by zero", connection:query "select 1/0")
    assert.equal("22012", info.sqlstate)
    info = fails("SQL", "no_table", connection:execute "select 1; select * from no_table")
    assert.equal("42P01", info.sqlstate)
    assert.same({ { one = "1" } }, query "select 1 as one")
  end)

  it("executes several statements at once", function()
    assert.is_true(connection:execute "insert into point values (1); insert into point values (2)")
    assert.same({ { n = "2" } }, query "select count(*) as n from point")
  end)

  it("tells about the server", function()
    local text, number = connection:server_version()
    assert.equal(("%d.%d"):format(number // 10000, number % 10000), text)
    assert.equal("UTF8", connection:parameter "client_encoding")
    assert.is_nil(connection:parameter "no_such_parameter")
    assert.is_truthy(connection:description():find(" on ", 1, true))
  end)

  it("cannot be used once it is closed", function()
    local other = assert(core.connect(server:conninfo()))
    other:close()
    other:close()
    for _, name in ipairs { "query", "execute", "server_version", "parameter", "description" } do
      raises("attempt to use a closed connection", other[name], other)
    end
    assert.equal("connection (closed)", tostring(other))
  end)

  it("is closed by the collector", function()
    local pids = {}
    for i = 1, 5 do
      local dropped = assert(core.connect(server:conninfo()))
      pids[i] = dropped:query("select pg_backend_pid() as pid")[1].pid
    end
    collectgarbage()
    local function left()
      return query("select count(*) as n, pg_sleep(0.01) from pg_stat_activity "
        .. "where pid = any ($1::int[])", "{" .. table.concat(pids, ",") .. "}")[1].n
    end
    local deadline = core.now() + 30
    while left() ~= "0" and core.now() < deadline do end
    assert.equal("0", left())
  end)

  it("fails where the database does not exist", function()
    local info = fails("CONN", "nowhere", core.connect(server:conninfo() .. " dbname=nowhere"))
    assert.equal("3D000", info.sqlstate)
  end)
end)

describe("a pool", function()
  local INSERT = "insert into point values ($1, $2)"

  local function insert_plan(sql)
    return assert(core.plan { name = "points", fields = { "x", "y" }, ops = {
      { op = "exec", sql = sql or INSERT, where = "points.lua:1", n = 2,
        params = { { field = "x" }, { field = "y" } } },
    } })
  end

  local function points(count)
    local lines = {}
    for i = 1, count do lines[i] = ("%d,p%d\n"):format(i, i) end
    return assert(core.source.delimited {
      files = { { path = write("points.csv", table.concat(lines)) } }, fields = { "x", "y" },
    })
  end

  local function pool_of(size, protocol)
    return assert(core.pool { conninfo = server:conninfo(), size = size, protocol = protocol })
  end

  for _, engine in ipairs { "threads", "poll" } do
    for _, protocol in ipairs { "prepared", "extended", "simple" } do
      it(("runs a plan with %s and the %s protocol"):format(engine, protocol), function()
        local pool <close> = pool_of(3, protocol)
        local source <close> = points(200)
        local result, message = pool:run { plan = insert_plan(), source = source, engine = engine,
          jobs = 2, queue = 16 }
        assert.is_nil(message)
        assert.same({ "done", 200, 0, 200, 200, 200, 0 }, { result.ended, result.records,
          result.failed, result.rows, result.statements, result.read_records, result.rejects })
        assert.same({ { n = "200", sum = "20100" } },
          query "select count(*) as n, sum(x) from point where y = 'p' || x")
        assert.is_true(result.seconds > 0 and pool:open_seconds() > 0)
        for _, name in ipairs { "fed_seconds", "queue_full_seconds", "queue_empty_seconds",
          "cpu_user_seconds", "cpu_system_seconds", "seconds" } do
          assert.equal("float", math.type(result[name]), name)
        end
        for _, name in ipairs { "fed_rows", "read_bytes", "peak_bytes" } do
          assert.equal("integer", math.type(result[name]), name)
        end
      end)
    end

    it(("runs loops with %s, a transaction for each record"):format(engine), function()
      local plan = assert(core.plan { name = "loops", fields = { "kind" }, rest = true, ops = {
        { op = "all", sql = "select id from item where kind = $1 order by place", where = "l.lua:1",
          slot = 1, n = 1, params = { { field = "kind" } } },
        { op = "zip", where = "l.lua:2", loop = 1, lists = { { slot = 1 }, { rest = true } } },
        { op = "exec", sql = "insert into point values ($1, $2)", where = "l.lua:3", n = 2,
          params = { { slot = 1, column = "id", loop = 1 }, { element = true, loop = 1 } } },
        { op = "end", loop = 1 },
      } })
      local files = { { path = write("loops.csv", "a,1,2\nb,3\nb,5,6\n") } }
      local source <close> = core.source.delimited { files = files, fields = { "kind" },
        rest = "values" }
      local pool <close> = pool_of(1)
      local result = assert(pool:run { plan = plan, source = source, engine = engine,
        autocommit = false, max_errors = 1 })
      assert.same({ "done", 2, 1, 4, 1 }, { result.ended, result.records, result.failed,
        result.rows, result.rejects })
      assert.equal(2, result.samples[1].line)
      assert.is_truthy(result.samples[1].reason:find("l.lua:2", 1, true))
      assert.same({ { x = "1", y = "1" }, { x = "2", y = "2" }, { x = "3", y = "5" },
        { x = "4", y = "6" } }, query "select * from point order by x")
    end)
  end

  it("ends at the limit, at the time, and at the first error", function()
    local pool <close> = pool_of(2)
    local limited = assert(pool:run { plan = insert_plan(), source = points(100), limit = 7 })
    assert.same({ "done", 7 }, { limited.ended, limited.records })
    local endless = assert(core.plan { name = "endless", fields = { "n" }, ops = {
      { op = "exec", sql = "select $1", where = "e.lua:1", n = 1, params = { { field = "n" } } },
    } })
    local timed = assert(pool:run { plan = endless, source = core.source.count {
      count = math.maxinteger }, time = 0.05, preload = true })
    assert.equal("time", timed.ended)
    local refused = assert(pool:run { plan = insert_plan(), source = points(100) })
    assert.equal("errors", refused.ended)
    local sample = refused.samples[1]
    assert.equal("23505", sample.sqlstate)
    assert.equal(path("points.csv"), sample.file)
    assert.is_truthy(sample.reason:find("points.lua:1", 1, true), sample.reason)
  end)

  it("goes on past an error that a server hands on from a lost connection of its own", function()
    local pool <close> = pool_of(2)
    query [[create or replace function elsewhere() returns text language plpgsql as
      'begin raise exception ''nobody is there'' using errcode = ''08001''; end']]
    local result, message = pool:run { source = points(20), max_errors = 1, plan = insert_plan(
      "select case when $1 = '5' then elsewhere() end, $2::text") }
    assert.is_nil(message)
    assert.same({ "done", 19, 1, "08001" },
      { result.ended, result.records, result.failed, result.samples[1].sqlstate })
  end)

  it("tells how it goes", function()
    local pool <close> = pool_of(2)
    local told
    local result = assert(pool:run { plan = insert_plan("select pg_sleep(0.01), $1, $2"),
      source = points(20), progress_every = 0.01,
      progress = function(p)
        told = p
        raises("that a run is using", pool.run, pool, {})
        raises("that a run is using", pool.close, pool)
        collectgarbage()
      end })
    assert.equal(20, result.records)
    for _, name in ipairs { "records", "failed", "rows", "statements", "rejects", "queued",
      "capacity", "read_records", "bytes", "total_bytes" } do
      assert.equal("integer", math.type(told[name]), name)
    end
    assert.equal("float", math.type(told.seconds))
    assert.is_true(told.fed)
    assert.is_true(told.ended)
    assert.equal(20, told.records) -- the last call tells all
    assert.equal(4096, told.capacity)
  end)

  it("is ended by what its progress function raises, and raises it", function()
    local pool <close> = pool_of(2)
    for _, problem in ipairs { "no more paper", { paper = 0 } } do
      local calls = 0
      local text = type(problem) == "string" and problem or "error object is a table value"
      raises(text, pool.run, pool,
        { plan = insert_plan("insert into point select $1, $2 from pg_sleep(0.01)"),
          source = points(400), progress_every = 0.01, progress = function()
            calls = calls + 1
            error(problem, 0)
          end })
      assert.equal(1, calls)
      assert.is_true(tonumber(query("select count(*) as n from point")[1].n) < 400)
      query "truncate point"
    end
    assert.equal(20, assert(pool:run { plan = insert_plan(), source = points(20) }).records)
  end)

  it("is not begun where what is called before raises", function()
    for _, engine in ipairs { "threads", "poll" } do
      local pool <close> = pool_of(2)
      raises("not ready", pool.run, pool, { plan = insert_plan(), source = points(400),
        engine = engine, progress_every = 0.01, progress = function() error("not called", 0) end,
        ready = function() error("not ready", 0) end })
      assert.same({ { n = "0" } }, query "select count(*) as n from point")
      assert.equal("done", assert(pool:run { plan = insert_plan(), source = points(0) }).ended)
    end
  end)

  it("fails before the start where the server refuses the plan", function()
    local pool <close> = pool_of(1)
    local info = fails("SQL", "points.lua:1",
      pool:run { plan = insert_plan "insert into no_table values ($1, $2)", source = points(1) })
    assert.equal("42P01", info.sqlstate)
    raises("open another pool", pool.run, pool, { plan = insert_plan(), source = points(1) })
  end)

  it("gives the result so far where it fails under way", function()
    local pool <close> = pool_of(1)
    local result, message, info = pool:run { source = points(20), plan = insert_plan(
      "select case when $1 = '5' then pg_terminate_backend(pg_backend_pid()) end, $2::text") }
    assert.equal("failed", result.ended)
    assert.equal(4, result.records)
    assert.equal("CONN", info.code)
    assert.equal("string", type(message))
    local missing = core.source.delimited { fields = { "x", "y" },
      files = { { path = write("one.csv", "1000,a\n") }, { path = path("missing.csv") } } }
    local other <close> = pool_of(1)
    result, message, info = other:run { plan = insert_plan(), source = missing }
    assert.same({ "failed", 1, "IO" }, { result.ended, result.records, info.code })
    assert.is_truthy(message:find("missing.csv", 1, true))
  end)

  it("fails where the claim of what it continues is not renewed, whatever is said", function()
    assert(connection:execute [[
      create table bigdata_done (load text, step text, first bigint, records bigint[],
        primary key (load, step, first))]])
    local function run(renew)
      local pool <close> = pool_of(1)
      query "truncate bigdata_done"
      return pool:run { source = points(20), reconnect = 5,
        resume = { load = "l", step = "s", done = {}, renew = renew }, plan = insert_plan(
          "select case when $1 = '5' then pg_terminate_backend(pg_backend_pid()) end, $2::text") }
    end
    local function says(text, ...)
      local said = table.pack(...)
      local result, message, info = run(function() return table.unpack(said, 1, said.n) end)
      assert.same({ "failed", text }, { result.ended, message })
      return info
    end
    local info = says("taken over", nil, "taken over", { code = "IO", hint = "wait" })
    assert.same({ "IO", "wait" }, { info.code, info.hint })
    says("no reason is given", nil, nil, {})
    raises("index a nil value", run, function() return nil end)
    raises("no claim", run, function() error("no claim", 0) end)
    query "drop table bigdata_done"
  end)

  it("raises on wrong use", function()
    local pool <close> = pool_of(1)
    local plan, source = insert_plan(), points(1)
    local function run(settings)
      local opts = { plan = plan, source = source }
      for key, value in pairs(settings) do opts[key] = value end
      return pool:run(opts)
    end
    raises("a table is wanted", pool.run, pool)
    raises("unknown key 'engines'", run, { engines = "poll" })
    raises("'engine' has the unknown value 'fast'", run, { engine = "fast" })
    raises("'jobs' must be a whole number from 1", run, { jobs = 0 })
    raises("'queue' must be a whole number from 0", run, { queue = -1 })
    raises("'time' must be a number of seconds", run, { time = -1 })
    raises("'time' must be a number of seconds", run, { time = 0 / 0 })
    raises("'preload' must be a boolean", run, { preload = 1 })
    raises("'progress' must be a function", run, { progress_every = 1 })
    raises("'plan' must be a userdata", pool.run, pool, { source = source })
    raises("'plan' must be made by core.plan", run, { plan = source })
    raises("'source' must be made by core.source", run, { source = plan })
    raises("other fields", run, { source = core.source.count { count = 1 } })
    source:next()
    raises("was read from before", run, {})
    source:close()
    raises("attempt to use a closed source", run, {})
    pool:close()
    pool:close()
    raises("attempt to use a closed pool", pool.run, pool, {})
    raises("attempt to use a closed pool", pool.open_seconds, pool)
    assert.equal("pool (closed)", tostring(pool))
  end)
end)
