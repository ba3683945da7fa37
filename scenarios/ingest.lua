-- scenarios/ingest.lua
-- The records of row_by_row, with the dictionary looked up once per connection, and rows shipped in
-- the way that --insert says.
local bigdata = require "bigdata"
local sf1 = require "bigdata.census.sf1"

local SELECT_GEO = [[
  select id from geo_record where fileid = $1 and stusab = $2 and logrecno = $3]]

local SELECT_DICTIONARY = [[
  select d.id from dictionary_item as d join matrix as m on d.matrix_id = m.id
  where m.segment_id = $1 order by m.sortkey, d.index]]

local scenario = bigdata.scenario {
  summary = "insert Census records, rows shipped as --insert says",
  schema = "census",
}

scenario:flag "directory" {
  type = "path", default = "data/sample", help = "folder with the zipped Census files",
}

scenario:step "geo" {
  source = function(opt) return sf1.geo(opt.directory) end,
  each = function(db, row)
    db:insert("geo_record", { "fileid", "stusab", "chariter", "cifsn", "logrecno" },
      row.fileid, row.stusab, row.chariter, row.cifsn, row.logrecno)
  end,
}

scenario:step "data" {
  source = function(opt) return sf1.data(opt.directory) end,
  each = function(db, row)
    local geo = db:one(SELECT_GEO, row.fileid, row.stusab, row.logrecno)
    local items = db:cached(SELECT_DICTIONARY, row.cifsn)
    db:insert("data_element", { "geo_record_id", "dictionary_item_id", "value" },
      geo.id, items.id, row.items)
  end,
}

return scenario
