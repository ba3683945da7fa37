-- scenarios/mixed.lua
-- Reads and writes on one table, in the manner of sysbench's oltp tests and of pgbench: every
-- record is a transaction of so many point reads, range reads, and updates; the rows it touches are
-- drawn by chance, as --skew says. With --autocommit every statement is a transaction of its own.
local bigdata = require "bigdata"

local scenario = bigdata.scenario {
  summary = "reads and writes by weight on one table, as sysbench and pgbench do",
  settings = { autocommit = false },
}

scenario:flag "rows" { type = "integer", default = 100000, help = "rows of the table" }
scenario:flag "count" {
  type = "integer",
  help = "transactions to run (default: as many as --limit or --time allows, else 10000)",
}
scenario:flag "reads" { type = "integer", default = 10, help = "point reads in a transaction" }
scenario:flag "ranges" { type = "integer", default = 1, help = "reads of 100 rows in a row" }
scenario:flag "updates" { type = "integer", default = 2, help = "updates of a row" }
scenario:flag "skew" {
  type = "string", default = "uniform", choices = { "uniform", "zipfian", "gaussian" },
  help = "how the rows are drawn",
}

local WITHOUT_END = 1000000000000
local MOST = 100 -- of each kind of statement in a transaction

local READ = "select note from bigdata_mixed where id = $1::integer"
local RANGE = [[
  select sum(value) from bigdata_mixed where id between $1::integer and $1::integer + 99]]
local UPDATE = "update bigdata_mixed set value = value + 1, note = $2 where id = $1::integer"

local function check(opt)
  for _, name in ipairs { "rows", "count" } do
    local value = opt[name]
    if value and value < 1 then error(("--%s must be above 0, not %d"):format(name, value), 0) end
  end
  for _, name in ipairs { "reads", "ranges", "updates" } do
    if opt[name] < 0 or opt[name] > MOST then
      error(("--%s must be from 0 to %d, not %d"):format(name, MOST, opt[name]), 0)
    end
  end
end

scenario:setup(function(db, opt)
  db:exec "drop table if exists bigdata_mixed"
  db:exec "create table bigdata_mixed (id integer primary key, value integer, note text)"
  db:exec([[
    insert into bigdata_mixed
    select n, 0, repeat('x', 60) from generate_series(1, $1::integer) as n]], opt.rows)
  db:exec "vacuum analyze bigdata_mixed"
end)

scenario:teardown(function(db) db:exec "drop table if exists bigdata_mixed" end)

-- The names of n fields.
local function names(kind, n)
  local list = {}
  for i = 1, n do list[i] = kind .. i end
  return list
end

local function columns(opt)
  local list = {}
  for _, kind in ipairs { "reads", "ranges", "updates" } do
    for _, name in ipairs(names(kind, opt[kind])) do
      list[#list + 1] = { name = name, kind = opt.skew, high = opt.rows }
    end
  end
  list[#list + 1] = { name = "note", kind = "text", length = 60 }
  return list
end

-- How many transactions there are. A queue without a bound would take more and more memory.
local function count(opt, run)
  if opt.count then return opt.count end
  if run.limit > 0 then return run.limit end
  return run.time > 0 and run.queue > 0 and WITHOUT_END or 10000
end

scenario:step "transactions" {
  source = function(opt, run)
    check(opt)
    return bigdata.source.random { count = count(opt, run), columns = columns(opt) }
  end,
  each = function(db, row, _, opt)
    for _, name in ipairs(names("reads", opt.reads)) do db:one(READ, row[name]) end
    for _, name in ipairs(names("ranges", opt.ranges)) do db:one(RANGE, row[name]) end
    for _, name in ipairs(names("updates", opt.updates)) do db:exec(UPDATE, row[name], row.note) end
  end,
}

return scenario
