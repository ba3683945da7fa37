-- outputs: what is told to the log, and to the meter beside it.

local outputs = require "bigdata.cli.outputs"

local path

before_each(function() path = os.tmpname() end)
after_each(function() os.remove(path) end)

-- How often the meter, and the log, are told of a step of ten seconds and a half.
local function told(meter_every, progress)
  local files = assert(outputs.open({ log = path, progress = progress }, {}))
  local updates, begun = 0, nil
  local watch = files:watch {
    every = meter_every,
    begin = function(name) begun = name end,
    update = function() updates = updates + 1 end,
  }
  watch.begin("x", {})
  assert.equal("x", begun)
  local function update(seconds, ended)
    watch.update { seconds = seconds, records = 0, rows = 0, statements = 0, failed = 0, queued = 0,
      read_records = 0, ended = ended }
  end
  for i = 1, 10.5 // watch.every do update(i * watch.every) end
  update(10.5, true)
  files:drop()
  local lines = 0
  for _ in io.lines(path) do lines = lines + 1 end
  return updates, lines - 1
end

describe("the log and the meter", function()
  it("are told as often as each wants to know, and of the end", function()
    assert.same({ 21 + 1, 10 + 1 }, { told(0.5) })
    assert.same({ 2 + 1, 10 + 1 }, { told(5) })
    assert.same({ 5 + 1, 5 + 1 }, { told(2, 2) })
  end)
end)
