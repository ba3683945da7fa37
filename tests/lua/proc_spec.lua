-- What /proc says of the machine and of processes.

local proc = require "bigdata.trial.proc"

local function own_pid()
  local file <close> = assert(io.open "/proc/self/stat")
  return file:read("n")
end

describe("proc", function()
  it("knows the CPU time of a process, and when it was started", function()
    local before = proc.process(own_pid())
    local began = os.clock()
    while os.clock() - began < 0.05 do end
    local after = proc.process(own_pid())
    assert.is_truthy(before.name:find("^bigdata"))
    assert.is_true(after.cpu >= before.cpu + 0.03)
    assert.equal(before.started, after.started)
    assert.is_true(math.abs(os.time() - after.started) < 3600)
  end)

  it("knows that time finer than to a tick", function()
    assert.not_equal(0, proc.process(own_pid()).cpu * 100 % 1)
  end)

  it("knows nothing of a process that is not there", function()
    assert.is_nil(proc.process(4194305))
  end)

  it("knows the CPU time of all cores, which is what time there was", function()
    local machine = proc.machine()
    assert.is_true(machine.cores >= 1)
    assert.is_true(machine.busy > 0 and machine.idle >= 0)
  end)

  it("knows the kernel and the memory", function()
    assert.is_truthy(proc.kernel():find("^Linux %d+%.%d+"))
    assert.is_true(proc.memory_bytes() > 1e6)
  end)
end)
