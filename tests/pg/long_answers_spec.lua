-- Answers that come in many pieces: each piece is waited for, and more of the answer may be there
-- than is read at once.

local kit = dofile "tests/support/scenario_kit.lua"

local BODY = [[
  db:one("select repeat('x', 1000 * $1::integer) as long", row.n)
  db:all("select repeat('x', 5000) as long from generate_series(1, $1::integer)", row.n)
  db:pipeline(function()
    for item in db:zip(db:all "select n from generate_series(1, 20) as n") do
      db:exec("select repeat('x', 5000), $1::integer", item.n)
    end
  end)]]

setup(function() kit.open(20) end)
teardown(kit.close)

describe("long answers", function()
  for _, loop in ipairs { "c", "lua" } do
    for _, engine in ipairs { "threads", "poll" } do
      local line = ("--loop %s --engine %s -c 2"):format(loop, engine)
      it("arrive whole with " .. line, function()
        local result = assert(kit.run(kit.scenario(BODY, { count = 300, key = "each" }), line))
        local step = result.steps[1]
        assert.equal("done", result.ended, step.samples[1] and step.samples[1].reason)
        assert.equal(300, step.records)
      end)
    end
  end
end)
