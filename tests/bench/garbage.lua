-- tests/bench/garbage.lua
-- What a record of row_by_row allocates in the Lua loop: its data step with the collector stopped,
-- so that memory grows by what is allocated. With one connection and 110 records, writes the bytes
-- of one record, as the mean of all but the first ten, to standard error. Strings that are alive
-- already are not allocated again, and not counted.
local bigdata = require "bigdata"
local catalog = require "bigdata.scenario.catalog"

local original = assert(catalog.load("row_by_row"))

local scenario = bigdata.scenario {
  summary = "measure what a record allocates",
  schema = "census",
}

scenario:flag "directory" {
  type = "path", default = "data/sample", help = "folder with the zipped Census files",
}

scenario:flag "allow_executemany" {
  type = "boolean", default = false, help = "send a record's element rows in a pipeline",
}

local WARM_UP, MEASURED = 10, 100

local geo, data = table.unpack(original.steps)
local number, before = 0, 0

scenario:step "geo" { source = geo.source, each = geo.each }

scenario:step "data" {
  source = data.source,
  run = function(db, row, state, opt)
    if number == 0 then collectgarbage("stop") end
    if number == WARM_UP then before = collectgarbage("count") end
    data.each(db, row, state, opt)
    number = number + 1
    if number == WARM_UP + MEASURED then
      io.stderr:write(("%.0f\n"):format((collectgarbage("count") - before) * 1024 / MEASURED))
    end
  end,
}

return scenario
