-- trial/arrival.lua - the proof of arrival: what the server acknowledged against what its tables
-- hold.
--
-- Before a step: what the columns are that it will fill (step/foresight.lua), and what the tables
-- hold already. The workers add up what is acknowledged. After the step the tables are read again
-- and compared. How rows are hashed: docs/verify.md. What cannot be compared without doubt is not,
-- and the result says why.

local core = require "bigdata.core"
local failure = require "bigdata.failure"
local insert_statement = require "bigdata.step.insert_statement"
local json = require "bigdata.result.json"

local arrival = {}

-- As src/stats/arrival.h has it.
local GROUPS = 64

--- The tables.

local TYPE = "case when t.typtype = 'e' then 'enum' else format_type(a.atttypid, null) end"

local COLUMNS = [[
  select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name, c.relname as short,
    c.oid::text as oid, c.relkind in ('r', 'p') and c.relpersistence <> 't' as plain,
    c.relhasrules or row_security_active(c.oid) as guarded,
    a.attname as column, ]] .. TYPE .. [[ as type, a.atttypmod as modifier
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_type as t on t.oid = a.atttypid
  where c.oid = to_regclass($1::text)
  order by a.attnum]]

local VARIABLE_HEADER = 4 -- bytes that a length or a scale has before it in a type's modifier

local function plain(name)
  return function() return { kind = name, limit = -1 } end
end

-- From a type and its modifier to the spelling of its values; nil for a type whose values cannot be
-- compared exactly.
local SPELLINGS = {
  smallint = plain "integer", integer = plain "integer", bigint = plain "integer",
  text = plain "text", json = plain "text", enum = plain "text",
  boolean = plain "bool", uuid = plain "uuid", date = plain "date",
  character = plain "char",
}

SPELLINGS["character varying"] = function(modifier)
  return { kind = "varchar", limit = modifier < 0 and -1 or modifier - VARIABLE_HEADER }
end

SPELLINGS["timestamp without time zone"] = function(modifier)
  return modifier < 0 and { kind = "timestamp", limit = -1 } or nil
end

function SPELLINGS.numeric(modifier)
  if modifier < 0 then return { kind = "numeric", limit = -1 } end
  local scale = (modifier - VARIABLE_HEADER) & 0x7ff -- of 11 bits, the first of them its sign
  return scale < 0x400 and { kind = "numeric", limit = scale } or nil
end

local TEXTS = { text = true, varchar = true, char = true }

-- Text in another encoding has other bytes.
local function spelling_of(column, same_bytes)
  local spelling = SPELLINGS[column.type]
  spelling = spelling and spelling(math.tointeger(tonumber(column.modifier)))
  return spelling and (same_bytes or not TEXTS[spelling.kind]) and spelling or nil
end

local function quoted(name)
  return '"' .. name:gsub('"', '""') .. '"'
end

local function quoted_all(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = quoted(name) end
  return table.concat(list, ".")
end

-- The table as the workers see it: its row of the catalogue, and its columns in order.
local function look_up(pool, names)
  local rows = failure.check(pool:ask(1, COLUMNS, quoted_all(names)))
  local found = rows[1]
  local shown = table.concat(names, ".")
  if not found then failure.raise(("there is no table %s before the step"):format(shown)) end
  if not found.plain then failure.raise(("%s is no ordinary table"):format(shown)) end
  if found.guarded then
    failure.raise(("%s has rules or row security"):format(shown))
  end
  local columns = {}
  for i, row in ipairs(rows) do
    columns[i] = { name = row.column, type = row.type, modifier = row.modifier }
    columns[row.column or ""] = columns[i]
  end
  return { name = found.name, short = found.short, oid = found.oid, columns = columns }
end

-- For the row's values, in order: the table's columns, in a list with their names.
local function columns_of(row, stored)
  local list = {}
  for i = 1, #row.values do
    local column = stored.columns[row.columns and row.columns[i] or i]
    if not column then
      failure.raise(("%s has no column %s"):format(stored.name, row.columns and row.columns[i]
        or "number " .. i))
    end
    list[i] = column
  end
  return list
end

-- Which values of a row are compared: a list of { value=, name=, spelling= }; and the names of the
-- columns that are left out.
local function compared_of(row, stored, same_bytes)
  local compared, left_out = {}, json.array {}
  for i, column in ipairs(columns_of(row, stored)) do
    local spelling = spelling_of(column, same_bytes)
    if spelling and row.values[i] then
      compared[#compared + 1] = { value = row.values[i], name = column.name, spelling = spelling }
    else
      left_out[#left_out + 1] = ("%s (%s)"):format(column.name,
        spelling and "not a parameter" or column.type)
    end
  end
  return compared, left_out
end

local function names_of(compared)
  local names = {}
  for i, column in ipairs(compared) do names[i] = quoted(column.name) end
  return table.concat(names, ",")
end

-- Rows that fill different columns of one table cannot be told apart in it: they are counted.
local function add_row(check, row, pool, same_bytes)
  local stored = look_up(pool, row.table)
  local compared, left_out = compared_of(row, stored, same_bytes)
  local target = check.by_oid[stored.oid]
  if not target then
    target = { name = stored.name, short = stored.short, compared = compared, left_out = left_out }
    check.tables[#check.tables + 1] = target
    target.number = #check.tables
    check.by_oid[stored.oid] = target
    if #compared == 0 then target.counted = "none of its columns can be compared" end
  elseif names_of(target.compared) ~= names_of(compared) then
    target.counted = "statements fill different columns of it"
  end
  check.rows[#check.rows + 1] = { name = row.name, table = target.number, columns = compared }
  return true
end

--- What the tables hold.

-- The hash of a column's value, as src/stats/arrival.c has it.
local function hash_sql(column, i)
  return ([[coalesce(hashtextextended(%s::text collate "C", %d), 0)]]):format(
    quoted(column.name), i)
end

local function hashes_sql(target)
  local hashes = {}
  for i, column in ipairs(target.compared) do hashes[i] = hash_sql(column, i) end
  return hashes
end

-- Which group a row is in.
local function group_sql(target)
  return ("%s & %d"):format(hash_sql(target.compared[1], 1), GROUPS - 1)
end

local function tally_sql(target)
  if target.counted then
    return ("select 0 as place, count(*) as rows, 0 as sum from %s"):format(target.name)
  end
  return ("select %s as place, count(*) as rows, sum(%s) as sum from %s group by 1"):format(
    group_sql(target), table.concat(hashes_sql(target), " # "), target.name)
end

-- A whole number of any length, modulo 2 to the power of 64.
local function wrapped(digits)
  local number = 0
  for digit in digits:gmatch("%d") do number = number * 10 + math.tointeger(tonumber(digit)) end
  return digits:sub(1, 1) == "-" and -number or number
end

-- Group -> { rows=, sum= } of what a table holds.
local function tally(connection, target)
  local tallies = {}
  for _, row in ipairs(failure.check(connection:query(tally_sql(target)))) do
    tallies[math.tointeger(tonumber(row.place))] = {
      rows = math.tointeger(tonumber(row.rows)), sum = wrapped(row.sum),
    }
  end
  return tallies
end

local function tally_before(connection, target)
  local filled = failure.check(connection:query(
    ("select exists (select from %s) as filled"):format(target.name)))
  return filled[1].filled == "t" and tally(connection, target) or {}
end

-- A text, and what it hashes to where the server does it as we do.
local PROBE = "a text of more than twelve bytes"
local PROBE_HASH = "3108812755431751358"

-- A connection of our own, so that what a scenario sets up on the workers' does not matter. Raises
-- where the server does not hash as we do.
local function connect(conninfo)
  local connection = failure.check(core.connect(conninfo))
  local good, message, info = failure.protect(function()
    failure.check(connection:execute("set datestyle to iso"))
    failure.check(connection:execute("set statement_timeout to 0"))
    local rows = failure.check(connection:query(
      [[select hashtextextended($1::text collate "C", 1) as hash]], PROBE))
    if rows[1].hash ~= PROBE_HASH then failure.raise("the server hashes texts in another way") end
    return true
  end)
  if good then return connection end
  connection:close()
  return failure.check(nil, message, info)
end

local SAME_BYTES = { UTF8 = true, SQL_ASCII = true }

--- Before a step.

local function begin(check, pool, rows)
  local connection <close> = connect(check.conninfo)
  local same_bytes = SAME_BYTES[connection:parameter("server_encoding")] or false
  for _, row in ipairs(rows) do
    local good, message = failure.protect(add_row, check, row, pool, same_bytes)
    if not good then check.unknown[row.name] = message end
  end
  for _, target in ipairs(check.tables) do target.before = tally_before(connection, target) end
  return true
end

-- What pool:run wants to know.
local function manifest(check)
  local rows = {}
  for i, row in ipairs(check.rows) do
    local columns = {}
    for j, column in ipairs(row.columns) do
      columns[j] = {
        value = column.value, spelling = column.spelling.kind, limit = column.spelling.limit,
      }
    end
    rows[i] = { name = row.name, table = row.table, columns = columns }
  end
  return { tables = #check.tables, rows = rows }
end

-- Get ready for a step that will send `rows`, as of step/foresight.lua: what finish() wants, with
-- .manifest for pool:run; with .why instead where nothing can be compared.
function arrival.begin(pool, conninfo, rows)
  local check = { tables = {}, rows = {}, by_oid = {}, unknown = {}, conninfo = conninfo }
  local good, message = failure.protect(begin, check, pool, rows)
  if not good then return { why = message } end
  check.manifest = manifest(check)
  return check
end

--- After it.

local NOTHING = { rows = 0, sum = 0 }

local function minus(a, b)
  return { rows = a.rows - b.rows, sum = a.sum - b.sum }
end

local function plus(a, b)
  return { rows = a.rows + b.rows, sum = a.sum + b.sum }
end

local function same(a, b)
  return a.rows == b.rows and a.sum == b.sum
end

local function total(tallies)
  local all = NOTHING
  for _, item in pairs(tallies) do all = plus(all, item) end
  return all
end

-- Can that be there, after so much was acknowledged and so much left in doubt?
local function possible(found, acknowledged, doubtful)
  local most = plus(acknowledged, doubtful)
  return same(found, acknowledged) or same(found, most)
    or found.rows > acknowledged.rows and found.rows < most.rows
end

local function count_possible(found, acknowledged, doubtful)
  return found.rows >= acknowledged.rows and found.rows <= acknowledged.rows + doubtful.rows
end

-- The first group in which they differ; nil if there is none.
local function first_difference(target, found, sent)
  for group = 0, GROUPS - 1 do
    local here = minus(found[group] or NOTHING, target.before[group] or NOTHING)
    local acknowledged, doubtful = sent.acknowledged[group] or NOTHING,
      sent.doubtful[group] or NOTHING
    if not possible(here, acknowledged, doubtful) then
      return {
        group = group, column = target.compared[1].name, acknowledged = acknowledged.rows,
        found = here.rows,
        query = ("select * from %s where %s = %d"):format(target.name, group_sql(target), group),
      }
    end
  end
end

-- Compare a table. sent: { acknowledged=, doubtful= (group -> { rows=, sum= }), unread = nil or {
-- column= (from 1), value= } }.
local function compare(connection, target, sent)
  local found = tally(connection, target)
  local all = { acknowledged = total(sent.acknowledged), doubtful = total(sent.doubtful),
    found = minus(total(found), total(target.before)) }
  local result = {
    table = target.short, rows = all.acknowledged.rows, doubtful = all.doubtful.rows,
    found = all.found.rows, left_out = target.left_out, counted = target.counted,
  }
  if sent.unread and not result.counted then
    result.counted = ("%s was given as %q, which can be written in several ways"):format(
      target.compared[sent.unread.column].name, sent.unread.value)
  end
  if result.counted then
    if not count_possible(all.found, all.acknowledged, all.doubtful) then result.difference = {} end
  else
    result.checksum = ("%016x"):format(all.acknowledged.sum)
    result.difference = first_difference(target, found, sent)
  end
  return result
end

local function finish(check, sent)
  local connection <close> = connect(check.conninfo)
  local tables = json.array {}
  for i, target in ipairs(check.tables) do
    local known = sent.tables[i]
    if next(known.acknowledged) or next(known.doubtful) then
      tables[#tables + 1] = compare(connection, target, known)
    end
  end
  return tables
end

local function why_unforeseen(check, sql)
  local _, why = insert_statement.read(sql)
  return check.unknown[sql] or why or "an insert that is not written out in the step's function"
end

-- Compare after a step. sent: the result's arrived of pool:run, nil without a manifest. Returns {
-- tables = list of { table=, rows=, doubtful=, found=, checksum=, left_out=, counted=, difference=
-- { group=, column=, acknowledged=, found=, query= } } }, or { why= } where nothing was compared.
function arrival.finish(check, sent)
  if check.why then return { why = check.why } end
  if sent.unforeseen then return { why = why_unforeseen(check, sent.unforeseen) } end
  if sent.lost then return { why = "out of memory" } end
  local tables, message = failure.protect(finish, check, sent)
  return tables and { tables = tables } or { why = message }
end

-- The first table of a result that does not hold what was acknowledged; nil if all do.
function arrival.difference(result)
  for _, item in ipairs(result.tables or {}) do
    if item.difference then return item end
  end
end

return arrival
