-- tests/bench/insert_one.lua
-- One prepared INSERT of one row, again and again: what a client costs per row. It has no schema of
-- its own, so that it leaves the tables to whoever measures.
local bigdata = require "bigdata"

local INSERT = [[
  insert into data_element (geo_record_id, dictionary_item_id, value) values ($1, $2, $3)]]

local scenario = bigdata.scenario {
  summary = "insert one row at a time",
}

scenario:flag "count" {
  type = "integer", default = 1000000000, help = "rows",
}

scenario:step "insert" {
  source = function(opt) return bigdata.source.count { count = opt.count } end,
  each = function(db, row)
    db:exec(INSERT, 1, 1, row.n)
  end,
}

return scenario
