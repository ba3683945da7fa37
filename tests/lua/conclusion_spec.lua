-- conclusion: which options are worth trying next.

local conclusion = require "bigdata.verdict.conclusion"

local STATEMENT = { ops = { { op = "exec" } } }
local INSERT = { ops = { { op = "all" }, { op = "insert" } } }

local function matters(option, settings, spec)
  return conclusion.matters(option, settings, spec or STATEMENT)
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
  end)

  it("is a way to insert only where the step has rows to insert", function()
    assert.is_false(matters("--insert copy", { insert = "row" }, STATEMENT))
    assert.is_true(matters("--insert copy", { insert = "row" }, INSERT))
    assert.is_false(matters("--insert copy", { insert = "copy" }, INSERT))
    assert.is_true(conclusion.matters("--insert copy", { insert = "row" }, nil))
  end)
end)
