-- --delay: what the proxy does where one direction of a connection is blocked.

local kit = dofile "tests/support/scenario_kit.lua"

setup(function() kit.open(20) end)
teardown(kit.close)

describe("a delay", function()
  -- Requests and answers fill all that there is between the program and the server.
  it("lets a pipeline go on whose requests and answers block each other", function()
    local path = kit.scenario([[
      db:pipeline(function()
        for _ = 1, 30 do db:exec("select $1::text", ("x"):rep(1000000)) end
      end)]], { count = 2 })
    local result, message = kit.run(path, "--loop lua -c 1 --delay 100 --monitor 0 --no-verify")
    assert(result, message)
    assert.equal(2, result.steps[1].records)
    assert.equal(60, result.steps[1].statements)
  end)
end)
