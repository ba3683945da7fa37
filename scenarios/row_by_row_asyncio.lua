-- scenarios/row_by_row_asyncio.lua
-- The work of row_by_row.lua, with its waiting written out as in Python's asyncio.
local bigdata = require "bigdata"
local aio = require "bigdata.aio"
local sf1 = require "bigdata.census.sf1"

local await = aio.await

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
  summary = "row_by_row as asyncio does it: an event loop, tasks, futures and await",
  schema = "census",
  settings = { engine = "poll", loop = "lua" },
}

scenario:flag "directory" {
  type = "path", default = "data/sample", help = "folder with the zipped Census files",
}

scenario:step "geo" {
  source = function(opt) return sf1.geo(opt.directory) end,
  run = aio.step(function(db, row)
    await(db:exec(INSERT_GEO, row.fileid, row.stusab, row.chariter, row.cifsn, row.logrecno))
  end),
}

scenario:step "data" {
  source = function(opt) return sf1.data(opt.directory) end,
  run = aio.step(function(db, row)
    local geo = await(db:one(SELECT_GEO, row.fileid, row.stusab, row.logrecno))
    local items = await(db:all(SELECT_DICTIONARY, row.cifsn))
    for item, value in db:zip(items, row.items) do
      await(db:exec(INSERT_ELEMENT, geo.id, item.id, value))
    end
  end),
}

return scenario
