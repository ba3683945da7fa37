-- step/foresight.lua - which rows a step will insert, known before it runs, so that their arrival
-- can be proved (trial/arrival.lua).

local insert_statement = require "bigdata.step.insert_statement"
local insertion = require "bigdata.step.insertion"

local foresight = {}

--- The texts of a function that is not traced.

local MOST_DEPTH = 4

-- Visit a function, and those that it has at hand.
local function each_function(f, visit, depth, seen)
  if seen[f] or depth > MOST_DEPTH then return end
  seen[f] = true
  visit(f)
  for i = 1, 255 do
    local name, value = debug.getupvalue(f, i)
    if not name then return end
    if type(value) == "function" then each_function(value, visit, depth + 1, seen) end
  end
end

-- The lines of the file that a function stands in; "" where they cannot be read.
local function source_of(f)
  local info = debug.getinfo(f, "S")
  local file <close> = info.source:sub(1, 1) == "@" and io.open(info.source:sub(2)) or nil
  local lines, number = {}, 0
  for line in file and file:lines("L") or function() end do
    number = number + 1
    if number >= info.linedefined and number <= info.lastlinedefined then
      lines[#lines + 1] = line
    end
  end
  return table.concat(lines)
end

-- The values of the variables that a function has from outside, by their names.
local function variables_of(f)
  local values = {}
  for i = 1, 255 do
    local name, value = debug.getupvalue(f, i)
    if not name then break end
    values[name] = value
  end
  return values
end

-- What an argument is that is written as a name, a string, or a list of strings; nil for others.
local function argument(words, variables)
  if words:find([[^(["']).*%1$]]) then return words:sub(2, -2) end
  if words:sub(1, 1) ~= "{" then return variables[words] end
  local list = {}
  for _, item in words:gmatch([[(["'])(.-)%1]]) do list[#list + 1] = item end
  return list
end

-- The statements that the calls of db:insert in a function make.
local function each_insert(source, variables, visit)
  for name, at in source:gmatch(":insert%s*%(%s*([^,]-)%s*,%s*()") do
    local columns = source:match("^%b{}", at) or source:match("^[%w_]+", at) or ""
    columns = argument(columns, variables)
    local sql = insertion.statement(argument(name, variables), columns,
      type(columns) == "table" and #columns or 0)
    if sql then visit(sql) end
  end
end

-- The statements that a function may send, roughly: the strings that are written in it, those in
-- its variables, and what its calls of db:insert make.
local function each_text(f, visit)
  local source, variables = source_of(f), variables_of(f)
  for _, words in source:gmatch("%[(=*)%[\r?\n?(.-)%]%1%]") do visit(words) end
  for _, words in source:gmatch([[(["'])(.-)%1]]) do visit(words) end
  for _, value in pairs(variables) do
    if type(value) == "string" then visit(value) end
  end
  each_insert(source, variables, visit)
end

local function add(rows, known, sql)
  local row, why = insert_statement.read(sql)
  if row and not known[sql] then
    known[sql] = true
    row.name = sql
    rows[#rows + 1] = row
  end
  return why
end

--- The two ways.

-- The rows that a traced step inserts: a list of { name = the statement, and what
-- insert_statement.read() says }; or nil and which statement of it can be anything.
function foresight.of_plan(ops)
  local rows, known = {}, {}
  for _, op in ipairs(ops) do
    local why = op.sql and add(rows, known, op.sql)
    if why then return nil, ("%s (%s)"):format(why, op.where) end
  end
  return rows
end

-- The rows that a function may insert, from the texts that it has at hand. What it sends beside
-- them is noticed when it is sent.
function foresight.of_function(f)
  local rows, known = {}, {}
  each_function(f, function(each)
    each_text(each, function(words) add(rows, known, words) end)
  end, 0, {})
  return rows
end

-- Does a function call db:insert, as far as its text, and that of those at hand, says?
function foresight.inserts(f)
  local found = false
  each_function(f, function(each)
    found = found or source_of(each):find(":insert%s*%(") ~= nil
  end, 0, {})
  return found
end

return foresight
