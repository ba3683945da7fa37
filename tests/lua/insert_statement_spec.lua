-- insert_statement: what is read of an INSERT, and what is left alone.

local insert_statement = require "bigdata.step.insert_statement"

local function reads(sql, expected)
  assert.same(expected, insert_statement.read(sql), sql)
end

local function refuses(sql, why)
  local row, what = insert_statement.read(sql)
  assert.is_nil(row, sql)
  assert.is_truthy(what:find(why or "an insert that is not of the form", 1, true), what)
end

describe("insert_statement.read", function()
  it("finds table, columns and parameters", function()
    reads("insert into t (a, b) values ($2, $1)",
      { table = { "t" }, columns = { "a", "b" }, values = { 2, 1 } })
    reads("INSERT INTO S.T VALUES ($1) ;", { table = { "s", "t" }, values = { 1 } })
    reads([[insert into "Odd.Table" ("A", b) values ($1, $2) returning id, $1 + (2)]],
      { table = { "Odd.Table" }, columns = { "A", "b" }, values = { 1, 2 } })
  end)

  it("passes over comments and blanks", function()
    reads("-- one; (\n/* a /* nested */ one */ insert\tinto t/**/values--\n($1)",
      { table = { "t" }, values = { 1 } })
  end)

  it("tells what is no parameter", function()
    reads("insert into t values ($1, 'a, (', now(), $2 + 1, $1::int, (array[1, 2])[1], default)",
      { table = { "t" }, values = { 1, false, false, false, false, false, false } })
  end)

  it("leaves alone what is no single row", function()
    refuses "insert into t values ($1), ($2)"
    refuses "insert into t select $1"
    refuses "insert into t (select 1)"
    refuses "insert into t default values"
    refuses "insert into t as x values ($1)"
    refuses "insert into t (a) overriding system value values ($1)"
    refuses "insert into t (a[1]) values ($1)"
    refuses "insert into t (a,) values ($1)"
    refuses [[insert into t ("a ""x""") values ($1)]]
    refuses "insert into t (a.b) values ($1)"
    refuses "insert into a.b.c values ($1)"
    refuses "insert into t (a, b) values ($1)"
    refuses "insert into t values ($1) where"
    refuses "insert into t values ($1,)"
    refuses "insert into t values ()"
    refuses "insert into t values ($1"
    refuses "insert into t values ($1); delete from t"
    refuses "insert into t values ($1) returning a; delete from t"
    refuses "insert into"
    refuses "insert"
  end)

  it("leaves alone what it does not understand", function()
    refuses [[insert into t values ($1, E'it\'s')]]
    refuses [[insert into t values ($1, 'a\b')]]
    refuses "insert into t values ($1, $$text$$)"
    refuses [[insert into U&"t" values ($1)]]
    refuses [[insert into "t""u" values ($1)]]
    refuses "insert into t values ($1, 'open)"
    refuses "insert into t values ($1) /* open"
  end)

  it("says what other statements are", function()
    refuses("insert into t values ($1) on conflict do nothing", "an insert with on conflict")
    refuses("update t set a = $1", "a statement that begins with update")
    refuses("with x as (select 1) insert into t select 1", "a statement that begins with with")
    refuses("(select 1)", "a statement that is not understood")
  end)

  it("survives any text", function()
    local parts = { "insert", "into", "t", "values", "$1", "(", ")", ",", "'", '"', "--", "/*",
      "*/", "$", "$0", ";", ".", " ", "\n", "\0", "returning", "select", "\\", "\xff" }
    math.randomseed(3)
    for _ = 1, 5000 do
      local words = {}
      for i = 1, math.random(0, 12) do words[i] = parts[math.random(#parts)] end
      insert_statement.read(table.concat(words))
    end
  end)

  it("knows statements that only read", function()
    reads("select 'insert into t values ($1)'", false)
    reads("-- or so\n VALUES (1)", false)
    reads([[select E'\'']], false)
  end)
end)
