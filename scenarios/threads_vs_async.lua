-- scenarios/threads_vs_async.lua
-- Threads or events, with an interpreter or without: every way of ours, and programs in Python and
-- others that do the same work on the same files. The programs are in scenarios/peers; those that
-- are not installed are left out.
local bigdata = require "bigdata"

local PYTHON = "/usr/bin/python3" -- Debian's: only that sees Debian's modules

local function peer(name, file, modules, packages)
  return bigdata.external {
    name = name, command = { PYTHON, "scenarios/peers/" .. file },
    check = { PYTHON, "-c", "import " .. modules }, needs = packages,
  }
end

local function tool(name, file, program, package)
  return bigdata.external {
    name = name, command = { PYTHON, "scenarios/peers/" .. file },
    check = { "/bin/sh", "-c", "command -v psql && command -v " .. program },
    needs = "postgresql-client, " .. package,
  }
end

return bigdata.sweep {
  scenario = "row_by_row",
  summary = "threads against events, ours and others'",
  settings = { queue = 100 }, -- records: so that there is a time in which it is being filled
  vary = { poolsize = { 15, 50, 150 } },
  trials = {
    { name = "threads", engine = "threads" },
    { name = "poll", engine = "poll" },
    { name = "threads, Lua", engine = "threads", loop = "lua" },
    { name = "threads, shared Lua", engine = "threads", loop = "lua", lua_state = "shared" },
    { name = "poll, Lua", engine = "poll", loop = "lua" },
    { name = "poll, Lua, aio", scenario = "row_by_row_asyncio", engine = "poll", loop = "lua" },
    peer("psycopg2, threads", "row_by_row_threads.py", "psycopg2", "python3-psycopg2"),
    peer("psycopg2, gevent", "row_by_row_gevent.py", "psycopg2, gevent",
      "python3-psycopg2, python3-gevent"),
    peer("aiopg", "row_by_row_aiopg.py", "aiopg, async_timeout",
      "python3-aiopg, python3-async-timeout"),
    peer("asyncpg", "row_by_row_asyncio.py", "asyncpg", "python3-asyncpg"),
    peer("psycopg 3, pipeline", "row_by_row_pipeline.py", "psycopg", "python3-psycopg"),
    tool("pgbench", "row_by_row_pgbench.py", "pgbench", "postgresql-contrib"),
    tool("sysbench", "row_by_row_sysbench.py", "sysbench", "sysbench"),
    tool("psql, copy", "elements_copy.py", "psql", "postgresql-client"),
  },
}
