-- schema.lua on a server: the schema "census" is created, checked, emptied and rebuilt, and nothing
-- that somebody else made is touched.

local core = require "bigdata.core"
local dictionary = require "bigdata.census.dictionary"
local schema = require "bigdata.trial.schema"

local TABLES = "data_element, dictionary_item, matrix, geo_record"

local server, connection

local function query(...) return assert(connection:query(...)) end

local function execute(sql) assert(connection:execute(sql)) end

local function value(sql)
  local row = query(sql)[1]
  return row and row.value
end

local function fails(wanted, hint, f, ...)
  local good, message, info = f(...)
  assert.is_nil(good)
  assert.is_truthy(message:find(wanted, 1, true), message)
  assert.is_truthy(info.hint:find(hint, 1, true), info.hint)
  return info
end

local function prepare() return schema.prepare(connection, "census") end

local function rebuild(force) return schema.rebuild(connection, "census", force) end

local function add_rows()
  execute [[
    insert into geo_record (fileid, stusab, chariter, cifsn, logrecno)
    values ('uSF1', 'NY', '000', '', '0000001');
    insert into data_element (geo_record_id, dictionary_item_id, value)
    select id, 1, 5 from geo_record]]
end

setup(function()
  server = assert(core.server { max_connections = 10 })
  connection = assert(core.connect(server:conninfo()))
end)

teardown(function()
  connection:close()
  server:close()
end)

before_each(function()
  execute("rollback; reset search_path; drop schema if exists other cascade; "
    .. "drop view if exists watcher; drop table if exists " .. TABLES .. " cascade")
end)

describe("prepare", function()
  it("creates the tables with the dictionary", function()
    assert(prepare())
    assert.equal("0", value "select count(*) as value from geo_record")
    assert.equal("286", value "select count(*) as value from matrix")
    assert.equal("8113", value "select count(*) as value from dictionary_item")
  end)

  it("loads the dictionary as it is", function()
    assert(prepare())
    for _, item in ipairs(query [[
        select d.id, d.name, d.index, d.parent_id, m.code, m.name as title, m.universe,
          m.segment_id
        from dictionary_item as d join matrix as m on m.id = d.matrix_id
        order by m.sortkey, d.index]]) do
      local wanted = dictionary.sf1().items[tonumber(item.id)]
      local matrix = dictionary.sf1().matrices[wanted.matrix_id]
      assert(item.name == wanted.name and tonumber(item.index) == wanted.index
        and tonumber(item.parent_id) == wanted.parent_id and item.code == matrix.code
        and item.title == matrix.name and item.universe == matrix.universe
        and item.segment_id == matrix.segment_id, item.id)
    end
  end)

  it("leaves tables that take plain inserts, also of new matrices and items", function()
    assert(prepare())
    add_rows()
    assert.equal("287", value [[
      insert into matrix (code, name, universe, sortkey, segment_id)
      values ('X1', 'X', 'X', 287, '40') returning id as value]])
    assert.equal("8114", value [[
      insert into dictionary_item (name, matrix_id, index) values ('X', 287, 0)
      returning id as value]])
  end)

  it("finds the items of a segment in the order of its fields", function()
    assert(prepare())
    local rows = query([[
      select d.id from dictionary_item as d join matrix as m on d.matrix_id = m.id
      where m.segment_id = $1 order by m.sortkey, d.index]], "01")
    assert.equal(222, #rows)
    for i, row in ipairs(rows) do assert.equal(i, tonumber(row.id)) end
  end)

  it("guards the links of elements and the keys of records", function()
    assert(prepare())
    add_rows()
    local function refused(sqlstate, sql)
      local good, _, info = connection:execute(sql)
      assert.is_nil(good)
      assert.equal(sqlstate, info.sqlstate)
    end
    refused("23503", "insert into data_element (geo_record_id, dictionary_item_id) values (9, 1)")
    refused("23503", "insert into data_element (geo_record_id, dictionary_item_id) values (1, 0)")
    refused("23505", [[insert into geo_record (fileid, stusab, chariter, cifsn, logrecno)
      values ('uSF1', 'NY', '000', '', '0000001')]])
  end)

  it("empties what a run fills, and begins its ids anew", function()
    assert(prepare())
    add_rows()
    assert(prepare())
    assert.equal("0", value "select count(*) as value from data_element")
    add_rows()
    assert.equal("1", value "select id as value from geo_record")
    assert.equal("1", value "select id as value from data_element")
    assert.equal("8113", value "select count(*) as value from dictionary_item")
  end)

  it("stops at tables that somebody else made, and leaves them alone", function()
    assert(prepare())
    add_rows()
    execute "comment on table geo_record is 'mine'"
    fails("public.geo_record was not made by this program", "createdb bigdata", prepare)
    assert.equal("1", value "select count(*) as value from data_element")
    execute "comment on table geo_record is null"
    fails("public.geo_record was not made by this program", "createdb bigdata", prepare)
  end)

  it("stops where only some of the tables exist", function()
    execute "create table matrix (row integer, \"column\" integer)"
    local info = fails("the database has matrix, but not geo_record, dictionary_item, data_element",
      "createdb bigdata", prepare)
    assert.equal("CONFIG", info.code)
    assert.is_nil(value "select to_regclass('geo_record') as value")
  end)

  it("stops at tables of another shape", function()
    for _, change in ipairs {
      "alter table data_element add column extra text",
      "alter table data_element drop column value",
      "alter table data_element alter column value type numeric(12,2)",
      "alter table geo_record rename column logrecno to number",
    } do
      assert(rebuild())
      execute(change)
      fails("has another shape: expected a table (id bigint,", "bigdata rebuild", prepare)
    end
  end)

  it("stops at tables of another version of the program", function()
    assert(prepare())
    execute "comment on table matrix is 'bigdata census 0: made by bigdata'"
    fails("public.matrix was made by another version", "bigdata rebuild", prepare)
  end)

  it("stops where the dictionary is not complete", function()
    assert(prepare())
    execute "delete from dictionary_item where id = 8113"
    fails("286 of 286 matrices, 8112 of 8113 items", "bigdata rebuild", prepare)
  end)

  it("creates tables where the search path points to, and finds them along it", function()
    execute "create schema other; set search_path = other, public"
    assert(prepare())
    assert.equal("t", value "select to_regclass('other.geo_record') is not null as value")
    assert.equal("t", value "select to_regclass('public.geo_record') is null as value")
    add_rows()
    execute "set search_path = public, other"
    assert(prepare())
    assert.equal("0", value "select count(*) as value from other.geo_record")
    assert.equal("t", value "select to_regclass('public.geo_record') is null as value")
  end)

  it("stops where the tables are found in different schemas", function()
    assert(prepare())
    execute "create schema other; alter table matrix set schema other"
    execute "set search_path = other, public"
    fails("are in different schemas", "search_path", prepare)
  end)

  it("stops where the search path names no schema", function()
    execute "set search_path = nonsense"
    fails("names no schema to create tables in", "set search_path", prepare)
  end)

  it("stops in a database that is read-only, whether the tables exist or not", function()
    execute "set default_transaction_read_only = on"
    fails("the database is read-only", "can be written to", prepare)
    execute "set default_transaction_read_only = off"
    assert(prepare())
    execute "set default_transaction_read_only = on"
    fails("the database is read-only", "can be written to", prepare)
    execute "set default_transaction_read_only = off"
  end)

  it("stops for a user who may not create tables", function()
    execute "create role weak; set role weak"
    fails("no permission to do this", "createdb bigdata", prepare)
    execute "reset role; drop role weak"
  end)

  it("leaves no transaction behind when it fails", function()
    execute "create table matrix (x integer)"
    assert.is_nil((prepare()))
    assert.equal("0", value [[
      select count(*) as value from pg_locks
      where locktype = 'advisory' and pid = pg_backend_pid()]])
  end)
end)

describe("rebuild", function()
  it("creates what is missing and says so", function()
    assert.equal("schema census rebuilt in public: 4 tables, 286 matrices and 8,113 items in the "
      .. "dictionary", rebuild())
    assert(prepare())
  end)

  it("puts right what prepare complains of", function()
    assert(prepare())
    execute "alter table data_element add column extra text; delete from dictionary_item"
    execute "drop table data_element"
    assert(rebuild())
    assert(prepare())
  end)

  it("refuses to drop what somebody else made, unless forced", function()
    execute "create table matrix (x integer); insert into matrix values (1)"
    fails("public.matrix was not made by this program", "--force", rebuild)
    assert.equal("1", value "select x as value from matrix")
    assert(rebuild(true))
    assert(prepare())
  end)

  it("drops nothing that depends on the tables", function()
    assert(prepare())
    add_rows()
    execute "create view watcher as select * from data_element"
    fails("other objects depend on the tables", "views", rebuild)
    assert.equal("1", value "select count(*) as value from watcher")
  end)
end)

describe("two at once", function()
  it("wait for each other", function()
    execute "begin; select pg_advisory_xact_lock(x'62696764617461'::bigint)"
    local other <close> = assert(core.connect(server:conninfo()))
    assert(other:execute "set statement_timeout = 200")
    local good, message = schema.prepare(other, "census")
    assert.is_nil(good)
    assert.is_truthy(message:find("statement timeout", 1, true), message)
    execute "rollback"
    assert(other:execute "set statement_timeout = 0")
    assert(schema.prepare(other, "census"))
  end)
end)
