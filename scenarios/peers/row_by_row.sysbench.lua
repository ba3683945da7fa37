-- row_by_row for sysbench, which runs event() with its own Lua, one state for each thread. Thread t
-- of n does the records t, t + n, t + 2 n, ... of the file --records, and is done when it has none
-- left: --events would be shared out to whoever is faster.
-- luacheck: globals sysbench thread_init event

sysbench.cmdline.options = {
  records = { "the file of records", "" },
  idle = { "connect and read the records, and nothing more", false },
}

local SELECT_GEO = "select id from geo_record "
  .. "where fileid = '%s' and stusab = '%s' and logrecno = '%s'"
local SELECT_DICTIONARY = "select d.id from dictionary_item as d join matrix as m "
  .. "on d.matrix_id = m.id where m.segment_id = '%s' order by m.sortkey, d.index"
local INSERT_ELEMENT = "insert into data_element (geo_record_id, dictionary_item_id, value) "
  .. "values (%s, %s, %s)"

local connection, records, following

function thread_init()
  connection = sysbench.sql.driver():connect()
  records, following = {}, 1
  local number = 0
  for line in io.lines(sysbench.opt.records) do
    if number % sysbench.opt.threads == sysbench.tid then records[#records + 1] = line end
    number = number + 1
  end
end

function event()
  local line = records[following]
  if not line or sysbench.opt.idle then return true end -- ends this thread
  following = following + 1
  local fields = {}
  for field in line:gmatch("[^,]+") do fields[#fields + 1] = field end
  local geo = connection:query_row(SELECT_GEO:format(fields[1], fields[2], fields[3]))
  local found = connection:query(SELECT_DICTIONARY:format(fields[4]))
  local items = {} -- the next query frees what this one has found
  for i = 1, found.nrows do items[i] = found:fetch_row()[1] end
  for i, item in ipairs(items) do
    connection:query(INSERT_ELEMENT:format(geo, item, fields[i + 4]))
  end
end
