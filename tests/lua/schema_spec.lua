-- schema.lua against a scripted connection: what is sent, in which order, and what becomes of
-- failures. What a server makes of it is told by tests/pg/schema_spec.lua.

local schema = require "bigdata.trial.schema"

-- A connection that notes what it is sent. answers: list of { pattern, rows } or
-- { pattern, nil, message, info }; other statements succeed without rows.
local function scripted(answers)
  local self = { sent = {} }
  local function answer(sql)
    self.sent[#self.sent + 1] = sql
    for _, one in ipairs(answers or {}) do
      if sql:find(one[1]) then return one[2], one[3], one[4] end
    end
    return {}
  end
  function self.query(_, sql) return answer(sql) end
  function self.execute(_, sql) return answer(sql) end
  return self
end

local function first(sent, pattern)
  for i, sql in ipairs(sent) do
    if sql:find(pattern) then return i end
  end
end

local function failing(pattern, sqlstate, message)
  return { pattern, nil, message or "it failed", { code = "SQL", sqlstate = sqlstate, hint = "" } }
end

describe("prepare", function()
  it("creates the tables and the dictionary in one transaction, under a lock", function()
    local connection = scripted()
    assert.equal("created", schema.prepare(connection, "census"))
    local sent = connection.sent
    local order = { "^begin", "pg_advisory_xact_lock", "create table geo_record",
      "insert into matrix", "insert into dictionary_item", "^analyze", "^commit" }
    for i = 2, #order do
      assert.is_true(first(sent, order[i - 1]) < first(sent, order[i]), order[i])
    end
    assert.equal("commit", sent[#sent])
    assert.is_nil(first(sent, "^truncate"))
  end)

  it("takes few statements to load the dictionary", function()
    local connection = scripted()
    schema.prepare(connection, "census")
    assert.is_true(#connection.sent < 20)
  end)

  it("rolls back when a statement fails", function()
    local connection = scripted { failing("insert into dictionary_item", "23505", "not unique") }
    local good, message, info = schema.prepare(connection, "census")
    assert.is_nil(good)
    assert.equal("not unique", message)
    assert.equal("SQL", info.code)
    assert.equal("rollback", connection.sent[#connection.sent])
    assert.is_nil(first(connection.sent, "^commit"))
  end)

  it("does not roll back what could not be begun", function()
    local connection = scripted { failing("^begin", "", "connection lost") }
    local good, message = schema.prepare(connection, "census")
    assert.is_nil(good)
    assert.equal("connection lost", message)
    assert.same({ "begin" }, connection.sent)
  end)

  it("says what to do where the server's state is in the way", function()
    local wanted = {
      ["25006"] = { "the database is read-only: it failed", "can be written to" },
      ["42501"] = { "no permission to do this: it failed", "createdb bigdata" },
      ["3F000"] = { "names no schema to create tables in", "set search_path" },
      ["55P03"] = { "another session holds the tables", "pg_stat_activity" },
    }
    for sqlstate, texts in pairs(wanted) do
      local connection = scripted { failing("create table", sqlstate) }
      local good, message, info = schema.prepare(connection, "census")
      assert.is_nil(good)
      assert.is_truthy(message:find(texts[1], 1, true), message)
      assert.is_truthy(info.hint:find(texts[2], 1, true), info.hint)
      assert.equal("CONFIG", info.code)
    end
  end)

  it("raises for a schema that there is not", function()
    assert.has_error(function() schema.prepare(scripted(), "nonsense") end)
  end)
end)
