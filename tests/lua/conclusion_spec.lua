-- conclusion: which options are worth trying next.

local conclusion = require "bigdata.verdict.conclusion"
local options = require "bigdata.cli.options"

local STATEMENT = { spec = { ops = { { op = "exec" } } } }
local INSERT = { spec = { ops = { { op = "all" }, { op = "insert" } } } }

-- A step of the Lua loop.
local function interpreted(f)
  return { step = { run = f } }
end

-- changed: what differs from the defaults.
local function matters(option, changed, compiled, steps)
  local settings = {}
  for option_of in options.each(options.RUN) do
    settings[options.key_of(option_of)] = option_of.default
  end
  for name, value in pairs(changed) do settings[name] = value end
  return conclusion.matters(option, settings, compiled or STATEMENT, steps or {})
end

describe("an option to try next", function()
  it("is one that is not set already", function()
    assert.is_false(matters("--protocol prepared", { protocol = "prepared" }))
    assert.is_true(matters("--protocol prepared", { protocol = "simple" }))
    assert.is_false(matters("--poolsize 1", { poolsize = 1 }))
    assert.is_true(matters("--poolsize 10", { poolsize = 1 }))
    assert.is_false(matters("--commit-every 100", { commit_every = 100 }))
    assert.is_true(matters("--commit-every 100", {}))
    assert.is_true(matters("--preload", {}))
    assert.is_false(matters("--preload", { preload = true }))
  end)

  it("is no step back", function()
    assert.is_false(matters("--commit-every 100", { commit_every = 1000 }))
    assert.is_true(matters("--commit-every 100", { commit_every = 10 }))
    assert.is_false(matters("--monitor 20", { monitor = 50 }))
    assert.is_true(matters("--poolsize 2", { poolsize = 30 })) -- fewer may be what helps
  end)

  it("is no transaction of records where batches of rows have their own", function()
    assert.is_false(matters("--commit-every 100", { insert = "copy", insert_batch = 50 }, INSERT))
  end)

  it("is a way to insert only where the step has rows to insert", function()
    assert.is_false(matters("--insert copy", {}, STATEMENT))
    assert.is_true(matters("--insert copy", {}, INSERT))
    assert.is_false(matters("--insert copy", { insert = "copy" }, INSERT))
    assert.is_false(matters("--insert copy", { insert = "copy-binary" }, INSERT))
  end)

  it("is a way to insert in the Lua loop where its function, or one at hand, does so", function()
    local list = {}
    local function helper(db, row) db:insert("seen", { "n" }, row.n) end
    assert.is_true(matters("--insert copy", {}, interpreted(helper)))
    assert.is_true(matters("--insert copy", {}, interpreted(function(...) helper(...) end)))
    assert.is_false(matters("--insert copy", {}, interpreted(function(db, row)
      table.insert(list, row.n)
      db:exec("insert into seen values ($1)", row.n)
    end)))
  end)

  it("is one that is allowed beside the others", function()
    assert.is_true(matters("--insert pipeline", {}, INSERT))
    assert.is_false(matters("--insert pipeline", { protocol = "simple" }, INSERT))
    assert.is_false(matters("--insert pipeline", { insert = "copy", insert_batch = 9 }, INSERT))
    assert.is_true(matters("--jobs 4", { engine = "poll", jobs = 2 }))
    assert.is_false(matters("--jobs 4", { engine = "poll", jobs = 2, poolsize = 3 }))
    assert.is_false(matters("--poolsize 1", { engine = "poll", jobs = 2 }))
  end)

  it("is the C loop only where all steps can be compiled", function()
    local f = function() end
    local lua = { loop = "lua" }
    local each, both, run = { each = f }, { plan = f, run = f }, { run = f }
    assert.is_true(matters("--loop c", lua, interpreted(f), { each, both }))
    assert.is_false(matters("--loop c", lua, interpreted(f), { each, run }))
  end)
end)
