-- trial/schema.lua - the tables that scenarios need: creates them, checks that they are this
-- program's own and as it expects them, empties those that a run fills, drops and makes them again.
--
-- Every function does all its work in one transaction, under a lock that lets one session at a time
-- do it. Tables are looked up, and created, along the search path, as the statements of a scenario
-- find them.

local advice = require "bigdata.trial.advice"
local core = require "bigdata.core"
local dictionary = require "bigdata.census.dictionary"
local failure = require "bigdata.failure"
local resume = require "bigdata.trial.resume"
local text = require "bigdata.text"

local schema = {}

-- Key of the advisory lock: "bigdata" in ASCII.
local LOCK_KEY = 0x62696764617461

local REBUILD = "`bigdata rebuild` drops and recreates the tables, with what they hold"

-- What sql/census.sql creates, and the comment that marks it. The order is that of creation.
local SCHEMAS = {
  census = {
    file = "/sql/census.sql",
    mark = "bigdata census 1:",
    any_mark = "^bigdata census ",
    tables = {
      {
        name = "geo_record",
        columns = "id bigint, fileid character varying(6), stusab character varying(2), "
          .. "chariter character varying(3), cifsn character varying(2), "
          .. "logrecno character varying(7)",
      },
      {
        name = "matrix",
        columns = "id integer, code character varying(10), name text, universe text, "
          .. "sortkey integer, segment_id character varying(2)",
      },
      {
        name = "dictionary_item",
        columns = "id integer, name text, matrix_id integer, index integer, parent_id integer",
      },
      {
        name = "data_element",
        columns = "id bigint, geo_record_id bigint, dictionary_item_id integer, "
          .. "value numeric(10,2)",
      },
    },
    filled = "data_element, geo_record",
  },
}

local FIND_TABLE = [[
  select n.nspname as schema, c.relkind as kind, obj_description(c.oid, 'pg_class') as comment,
    coalesce((
      select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '
        order by a.attnum)
      from pg_attribute as a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '') as columns
  from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
  where c.oid = to_regclass($1)]]

local INSERT_MATRICES = [[
  insert into matrix (id, code, name, universe, sortkey, segment_id)
  select * from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::integer[],
    $6::text[])]]

local INSERT_ITEMS = [[
  insert into dictionary_item (id, name, matrix_id, index, parent_id)
  select * from unnest($1::integer[], $2::text[], $3::integer[], $4::integer[], $5::integer[])]]

local function query(connection, sql, ...)
  return advice.check(connection:query(sql, ...))
end

local function execute(connection, sql)
  advice.check(connection:execute(sql))
end

local function definition(name)
  return SCHEMAS[name] or error(("unknown schema %s"):format(name), 3)
end

-- Run f in a transaction, alone among the sessions of this program; undo all of it if it raises.
local function in_transaction(connection, f)
  return failure.protect(function()
    execute(connection, "begin")
    local result, message, info = failure.protect(function()
      execute(connection, "set local lock_timeout = '30s'; set local client_min_messages = warning")
      query(connection, "select pg_advisory_xact_lock($1::bigint)", LOCK_KEY)
      return f()
    end)
    if message then
      connection:execute("rollback")
      error(info, 0)
    end
    execute(connection, "commit")
    return result
  end)
end

-- The tables that exist: name -> { schema, kind, comment, columns }, and how many.
local function find_tables(connection, wanted)
  local found, count = {}, 0
  for _, one in ipairs(wanted.tables) do
    local row = query(connection, FIND_TABLE, one.name)[1]
    if row then
      found[one.name] = row
      count = count + 1
    end
  end
  return found, count
end

local function full_name(one, row)
  return row.schema .. "." .. one.name
end

local function check_complete(wanted, found)
  local there, missing = {}, {}
  for _, one in ipairs(wanted.tables) do
    local list = found[one.name] and there or missing
    list[#list + 1] = one.name
  end
  if #missing > 0 then
    failure.raise(("the database has %s, but not %s")
      :format(table.concat(there, ", "), table.concat(missing, ", ")),
      "if they are this program's tables, " .. REBUILD
      .. "; if they are somebody's own, use another database: createdb bigdata")
  end
end

local function check_owned(wanted, found)
  for _, one in ipairs(wanted.tables) do
    local row = found[one.name]
    if not (row.comment or ""):find(wanted.any_mark) then
      failure.raise(("%s was not made by this program, and would be emptied: it lacks the comment "
        .. "\"%s ...\""):format(full_name(one, row), wanted.mark),
        "use another database (createdb bigdata); or, if nothing in these tables is needed, "
        .. "`bigdata rebuild --force`")
    end
  end
end

local function check_shape(wanted, found)
  local first = wanted.tables[1]
  for _, one in ipairs(wanted.tables) do
    local row = found[one.name]
    if row.schema ~= found[first.name].schema then
      failure.raise(("%s and %s are in different schemas")
        :format(full_name(first, found[first.name]), full_name(one, row)),
        "set search_path so that all the tables are found in one schema")
    end
    if row.kind ~= "r" or row.columns ~= one.columns then
      failure.raise(("%s has another shape: expected a table (%s), found %s (%s)"):format(
        full_name(one, row), one.columns, row.kind == "r" and "one" or "something else",
        row.columns), REBUILD)
    end
    if row.comment:sub(1, #wanted.mark) ~= wanted.mark then
      failure.raise(("%s was made by another version of this program")
        :format(full_name(one, row)), REBUILD)
    end
  end
end

local function check_dictionary(connection)
  local expected = dictionary.sf1()
  local row = query(connection, "select (select count(*) from matrix) as matrices, "
    .. "(select count(*) from dictionary_item) as items")[1]
  if tonumber(row.matrices) ~= #expected.matrices or tonumber(row.items) ~= #expected.items then
    failure.raise(("the dictionary is not complete: %s of %d matrices, %s of %d items")
      :format(row.matrices, #expected.matrices, row.items, #expected.items), REBUILD)
  end
end

-- A column of records as the text of an array.
local function array(records, column)
  local elements = {}
  for i, record in ipairs(records) do
    local value = record[column]
    if value == nil then
      elements[i] = "NULL"
    elseif type(value) == "number" then
      elements[i] = tostring(value)
    else
      elements[i] = '"' .. value:gsub('[\\"]', "\\%0") .. '"'
    end
  end
  return "{" .. table.concat(elements, ",") .. "}"
end

local function arrays(records, ...)
  local columns = table.pack(...)
  for i, column in ipairs(columns) do
    columns[i] = array(records, column)
  end
  return table.unpack(columns, 1, columns.n)
end

local function load_dictionary(connection)
  local content = dictionary.sf1()
  query(connection, INSERT_MATRICES,
    arrays(content.matrices, "id", "code", "name", "universe", "sortkey", "segment_id"))
  query(connection, INSERT_ITEMS,
    arrays(content.items, "id", "name", "matrix_id", "index", "parent_id"))
  for name, records in pairs { matrix = content.matrices, dictionary_item = content.items } do
    query(connection, "select setval(pg_get_serial_sequence($1, 'id'), $2::bigint)", name,
      #records)
  end
  execute(connection, "analyze matrix, dictionary_item")
end

local function create(connection, wanted)
  local path = core.home .. wanted.file
  local file, problem = io.open(path)
  if not file then
    failure.raise(problem, "the installation is not complete", "IO")
  end
  local sql = file:read("a")
  file:close()
  execute(connection, sql)
  load_dictionary(connection)
end

--- Make the tables ready for a run: create them if there are none, check them if there are, and
-- empty those that the run fills.
-- @param connection to the database
-- @param name of the schema: "census"
-- @param keep leave in the tables what they hold
-- @return "created", "emptied" or "kept"; or nil, message, info
function schema.prepare(connection, name, keep)
  local wanted = definition(name)
  return in_transaction(connection, function()
    local found, count = find_tables(connection, wanted)
    if count == 0 then
      create(connection, wanted)
      return "created"
    end
    check_complete(wanted, found)
    check_owned(wanted, found)
    check_shape(wanted, found)
    check_dictionary(connection)
    if keep then return "kept" end
    execute(connection, ("truncate %s restart identity"):format(wanted.filled))
    return "emptied"
  end)
end

local function drop(connection, wanted, found)
  for i = #wanted.tables, 1, -1 do
    local one = wanted.tables[i]
    local row = found[one.name]
    if row then
      local quoted = query(connection, "select format('%I.%I', $1::text, $2::text) as name",
        row.schema, one.name)[1].name
      execute(connection, "drop table " .. quoted)
    end
  end
end

--- Drop the tables, create them again and load the dictionary.
-- @param connection to the database
-- @param name of the schema: "census"
-- @param force drop tables that this program did not make, too
-- @return what was done, as one line; or nil, message, info
function schema.rebuild(connection, name, force)
  local wanted = definition(name)
  return in_transaction(connection, function()
    local found = find_tables(connection, wanted)
    for _, one in ipairs(wanted.tables) do
      local row = found[one.name]
      if row and not force and not (row.comment or ""):find(wanted.any_mark) then
        failure.raise(("%s was not made by this program: it lacks the comment \"%s ...\"")
          :format(full_name(one, row), wanted.mark),
          "use another database (createdb bigdata), or --force to drop it all the same")
      end
    end
    resume.forget(connection)
    drop(connection, wanted, found)
    create(connection, wanted)
    local content = dictionary.sf1()
    local place = query(connection, "select current_schema() as name")[1].name
    return ("schema %s rebuilt in %s: %d tables, %s and %s in the dictionary"):format(name, place,
      #wanted.tables, text.plural(#content.matrices, "matrix"):gsub("matrixs", "matrices"),
      text.plural(#content.items, "item"))
  end)
end

return schema
