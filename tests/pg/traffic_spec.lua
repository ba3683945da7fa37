-- The bytes of a step: what its connections carried, where that is counted.

local kit = dofile "tests/support/scenario_kit.lua"

setup(function() kit.open(20) end)
teardown(kit.close)

-- The step that sends and gets back a text of so many characters with each of ten records; --delay
-- makes the connections ones of TCP.
local function carried(characters, line)
  local body = ([[db:exec("select $1::text", %q)]]):format(("x"):rep(characters))
  local path = kit.scenario(body, { count = 10, key = "each" })
  local result, message = kit.run(path, "-c 2 --no-verify --monitor 0 " .. line)
  assert(result, message)
  return result.steps[1]
end

describe("bytes sent and received", function()
  for _, engine in ipairs { "threads", "poll" } do
    it("are those of the step, " .. engine, function()
      local line = "--delay 0.1 --engine " .. engine
      local short, long = carried(1000, line), carried(21000, line)
      assert.equal(200000, long.sent_bytes - short.sent_bytes)
      assert.equal(200000, long.received_bytes - short.received_bytes)
      assert.is_true(short.sent_bytes > 10000 and short.sent_bytes < 12000, short.sent_bytes)
    end)
  end

  it("are not known of Unix sockets", function()
    local step = carried(10, "")
    assert.is_nil(step.sent_bytes)
    assert.is_nil(step.received_bytes)
  end)
end)
