-- tests/bench/insert_one.lua
-- One INSERT of one row, again and again: what a client costs per row. It names no schema, so that
-- it leaves the tables to whoever measures.
local bigdata = require "bigdata"

local INSERT = [[
  insert into data_element (geo_record_id, dictionary_item_id, value)
  values ($1::bigint * 0 + pg_backend_pid() % 400,
    $2::integer * 0 + pg_backend_pid() % 400 + 1, $3)]]

local scenario = bigdata.scenario {
  summary = "insert one row at a time",
}

scenario:flag "count" {
  type = "integer", default = 1000000000, help = "rows",
}

scenario:step "insert" {
  source = function(opt) return bigdata.source.count { count = opt.count } end,
  each = function(db, row)
    db:exec(INSERT, row.n, row.n, "42")
  end,
}

return scenario
