-- scenarios/row_by_row.lua
-- One statement per row: no batching, no look-ups in advance. With --allow-executemany a record's
-- element rows are sent without waiting for each answer.
local bigdata = require "bigdata"
local sf1 = require "bigdata.census.sf1"

local INSERT_GEO = [[
  insert into geo_record (fileid, stusab, chariter, cifsn, logrecno)
  values ($1, $2, $3, $4, $5)]]

local SELECT_GEO = [[
  select id from geo_record where fileid = $1 and stusab = $2 and logrecno = $3]]

local SELECT_DICTIONARY = [[
  select d.id from dictionary_item as d join matrix as m on d.matrix_id = m.id
  where m.segment_id = $1 order by m.sortkey, d.index]]

local INSERT_ELEMENT = [[
  insert into data_element (geo_record_id, dictionary_item_id, value)
  values ($1, $2, $3)]]

local scenario = bigdata.scenario {
  summary = "insert Census records, one statement per row",
  schema = "census",
}

scenario:flag "directory" {
  type = "path", default = "data/sample", help = "folder with the zipped Census files",
}

scenario:flag "allow_executemany" {
  type = "boolean", default = false, help = "send a record's element rows in a pipeline",
}

scenario:step "geo" {
  source = function(opt) return sf1.geo(opt.directory) end,
  each = function(db, row)
    db:exec(INSERT_GEO, row.fileid, row.stusab, row.chariter, row.cifsn, row.logrecno)
  end,
}

scenario:step "data" {
  source = function(opt) return sf1.data(opt.directory) end,
  each = function(db, row, _, opt)
    local geo = db:one(SELECT_GEO, row.fileid, row.stusab, row.logrecno)
    local items = db:all(SELECT_DICTIONARY, row.cifsn)
    local function insert_elements()
      for item, value in db:zip(items, row.items) do
        db:exec(INSERT_ELEMENT, geo.id, item.id, value)
      end
    end
    if opt.allow_executemany then db:pipeline(insert_elements) else insert_elements() end
  end,
}

return scenario
