-- step/insert_statement.lua - reads the text of an INSERT of one row: into which table and columns,
-- and which of its values are parameters. What it is not sure of, it does not read.

local insert_statement = {}

--- Words and signs.

local function fold(name)
  return (name:gsub("%u", string.lower))
end

-- Where the block comment that begins at `from` ends; they nest.
local function comment_end(sql, from)
  local depth, at = 0, from
  repeat
    local opening = sql:find("/*", at, true) or math.huge
    local closing = sql:find("*/", at, true)
    if not closing then return nil end
    depth = depth + (opening < closing and 1 or -1)
    at = math.min(opening, closing) + 2
  until depth == 0
  return at
end

local function skip_blanks(sql, at)
  while at do
    at = sql:match("^[ \t\n\r\v\f]*()", at)
    if sql:find("^%-%-", at) then
      at = sql:match("^[^\r\n]*()", at)
    elseif sql:find("^/%*", at) then
      at = comment_end(sql, at)
    else
      return at
    end
  end
end

local NAME = "^[%a_\x80-\xff][%w_$\x80-\xff]*"

-- The token at a place: its kind, its value, and where it ends. nil: it is not understood (strings
-- with escapes, dollar quotes, Unicode names).
local function token_at(sql, at)
  if at > #sql then return "end", nil, at end
  local number, after = sql:match("^%$(%d+)()", at)
  if number then return "parameter", math.tointeger(tonumber(number)), after end
  local name = sql:match(NAME, at)
  if name then
    after = at + #name
    if sql:find("^['\"&]", after) and #name == 1 then return nil end
    return "name", fold(name), after
  end
  if sql:sub(at, at) == '"' then
    local quoted = sql:match('^"([^"]*)"', at)
    if not quoted or sql:sub(at + #quoted + 2, at + #quoted + 2) == '"' then return nil end
    return "quoted", quoted, at + #quoted + 2
  end
  if sql:sub(at, at) == "'" then
    local closing = sql:find("'", at + 1, true)
    if not closing or sql:find("\\", at, true) then return nil end
    return "string", nil, closing + 1
  end
  if sql:find("^%$", at) then return nil end
  return sql:sub(at, at), nil, at + 1
end

-- All tokens of the text: a list of { kind=, value= }; nil if one is not understood.
local function tokens_of(sql)
  local tokens, at = {}, 1
  repeat
    at = skip_blanks(sql, at)
    if not at then return nil end
    local kind, value, after = token_at(sql, at)
    if not kind then return nil end
    tokens[#tokens + 1] = { kind = kind, value = value }
    at = after
  until kind == "end"
  return tokens
end

--- What they say.

local Reader = {}
Reader.__index = Reader

function Reader:peek()
  return self.tokens[self.at]
end

-- Take the next token if it is of that kind (and value): the token, or nil.
function Reader:take(kind, value)
  local token = self:peek()
  if token.kind ~= kind or value and token.value ~= value then return nil end
  self.at = self.at + 1
  return token
end

function Reader:name()
  local token = self:take("quoted") or self:take("name")
  return token and token.value
end

-- "table" or "schema.table": a list of one or two names.
function Reader:table_name()
  local names = { self:name() }
  if self:take(".") then names[2] = self:name() or false end
  return names[1] and names[2] ~= false and names
end

-- "(a, b)": a list of names; nil if there is something else in it.
function Reader:columns()
  local names = {}
  repeat
    local name = self:name()
    if not name then return nil end
    names[#names + 1] = name
    local goes_on = self:take(",")
    if not goes_on and not self:take(")") then return nil end
  until not goes_on
  return names
end

-- One of the values: the number of its parameter, or false for anything else.
function Reader:value()
  local first, depth, length = self:peek(), 0, 0
  while true do
    local kind = self:peek().kind
    if kind == "end" then return nil end
    if depth == 0 and (kind == "," or kind == ")") then break end
    if kind == "(" or kind == "[" then depth = depth + 1 end
    if kind == ")" or kind == "]" then depth = depth - 1 end
    self.at, length = self.at + 1, length + 1
  end
  if length == 0 then return nil end
  return length == 1 and first.kind == "parameter" and first.value or false
end

-- "($1, now())": a list of what value() gives.
function Reader:values()
  local values = {}
  if not self:take("(") then return nil end
  repeat
    local value = self:value()
    if value == nil then return nil end
    values[#values + 1] = value
    local goes_on = self:take(",")
    if not goes_on then self:take(")") end
  until not goes_on
  return values
end

-- Nothing may stand behind the row but RETURNING, which changes nothing of it.
function Reader:nothing_else()
  if self:take("name", "returning") then
    for i = self.at, #self.tokens do
      if self.tokens[i].kind == ";" then return false end
    end
    return true
  end
  self:take(";")
  return self:take("end") ~= nil
end

local NOT_ONE_ROW = "an insert that is not of the form insert into t (a, b) values ($1, $2)"

local function read_insert(reader)
  if not reader:take("name", "into") then return nil, NOT_ONE_ROW end
  local names = reader:table_name()
  if not names then return nil, NOT_ONE_ROW end
  local columns
  if reader:take("(") then
    columns = reader:columns()
    if not columns then return nil, NOT_ONE_ROW end
  end
  if not reader:take("name", "values") then return nil, NOT_ONE_ROW end
  local values = reader:values()
  if not values or columns and #columns ~= #values then return nil, NOT_ONE_ROW end
  if reader:take("name", "on") then return nil, "an insert with on conflict" end
  if not reader:nothing_else() then return nil, NOT_ONE_ROW end
  return { table = names, columns = columns, values = values }
end

local READS = { select = true, values = true, table = true, show = true }

-- Read a statement: { table = { [schema,] name }, columns = list of names or nil, values = for each
-- column the number of its parameter, or false for what is no parameter }; false if it only reads;
-- nil and what it is, for a sentence, if it is anything else.
function insert_statement.read(sql)
  local tokens = tokens_of(sql)
  local word = tokens and tokens[1].kind == "name" and tokens[1].value
    or not tokens and sql:lower():match("^%s*(%a+)") or nil
  if READS[word] then return false end
  if word ~= "insert" then return nil, word and "a statement that begins with " .. word
    or "a statement that is not understood" end
  if not tokens then return nil, NOT_ONE_ROW end
  return read_insert(setmetatable({ tokens = tokens, at = 2 }, Reader))
end

return insert_statement
