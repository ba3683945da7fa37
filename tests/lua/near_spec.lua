-- core.near: the name that was probably meant. How near is near, tests/c/test_near.c says.

local core = require "bigdata.core"

local NAMES = { "poolsize", "limit", "no-verify" }

describe("core.near", function()
  it("finds the name that was probably meant", function()
    assert.equal("poolsize", core.near("polsize", NAMES))
    assert.equal("limit", core.near("LIMTI", NAMES))
    assert.equal("no-verify", core.near("no_verify", NAMES))
    assert.equal("poolsize", core.near("polsize\0 and more", NAMES))
  end)

  it("finds nothing where nothing is near", function()
    assert.is_nil(core.near("engine", NAMES))
    assert.is_nil(core.near("limit", {}))
  end)

  it("raises on wrong use", function()
    assert.error_matches(function() core.near(nil, NAMES) end, "string expected")
    assert.error_matches(function() core.near("limit", "limit") end, "table expected")
    assert.error_matches(function() core.near("limit", { 5 }) end, "a list of strings is wanted")
  end)
end)
