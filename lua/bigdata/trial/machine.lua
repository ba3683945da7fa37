-- trial/machine.lua - what a result says about where it was measured.

local core = require "bigdata.core"
local proc = require "bigdata.trial.proc"

local machine = {}

-- { processor=, cores=, memory_bytes=, kernel=, bigdata=, lua= }: the first four are left out where
-- the system does not tell.
function machine.facts()
  local cores = proc.machine()
  return {
    processor = proc.processor(),
    cores = cores and cores.cores,
    memory_bytes = proc.memory_bytes(),
    kernel = proc.kernel(),
    bigdata = core.version,
    lua = _VERSION,
  }
end

return machine
