-- plain_db.lua - the `db` of the functions that prepare a run and clean up after it: the same calls
-- as in a step of the Lua loop, over a connection that simply waits for each answer.

local plain_db = {}

local Error = { __name = "bigdata.error" }
Error.__index = Error

function Error:__tostring()
  return self.place .. self.message
end

-- Where the function that called db stands, "file:line: ".
local function place(level)
  local info = debug.getinfo(level + 1, "Sl")
  if not info or info.currentline <= 0 then return "" end
  return ("%s:%d: "):format(info.short_src, info.currentline)
end

-- Raise what the server said to a statement.
local function raise(level, sql, message, info)
  error(setmetatable({
    message = message, sql = sql, place = place(level + 1),
    sqlstate = info.sqlstate, hint = info.hint, code = info.code,
  }, Error), 0)
end

-- Is the value an error that a db has raised?
function plain_db.is_error(value)
  return getmetatable(value) == Error
end

local function next_of(lists)
  local i = 0
  return function()
    i = i + 1
    local elements = {}
    for n, list in ipairs(lists) do elements[n] = list[i] end
    return table.unpack(elements, 1, #lists)
  end
end

-- A db whose statements go to ask(sql, ...) -> rows, rows touched, or nil, message, info. Also a
-- function that makes the db of no more use.
function plain_db.new(ask)
  local methods = {}
  local closed = false

  -- Called by a method, which was called by the scenario.
  local function send(self, name, sql, ...)
    if not rawequal(self, methods) then
      error(("write db:%s(...), with a colon"):format(name), 3)
    end
    if closed then error("db is used after the function that it was given to", 3) end
    if type(sql) ~= "string" then
      error(("db:%s needs the statement as a string, not a %s"):format(name, type(sql)), 3)
    end
    local results = table.pack(pcall(ask, sql, ...))
    if not results[1] then error(("db:%s: %s"):format(name, results[2]), 3) end
    if not results[2] then raise(3, sql, results[3], results[4]) end
    return results[2], results[3]
  end

  function methods:exec(sql, ...)
    local _, touched = send(self, "exec", sql, ...)
    return touched
  end

  function methods:one(sql, ...)
    local rows = send(self, "one", sql, ...)
    if #rows ~= 1 then
      error(("%d rows where db:one wants exactly one: %s"):format(#rows, sql), 2)
    end
    return rows[1]
  end

  function methods:all(sql, ...)
    local rows = send(self, "all", sql, ...)
    return rows
  end

  function methods.zip(_, ...)
    local lists = { ... }
    for i = 1, math.max(1, select("#", ...)) do
      if type(lists[i]) ~= "table" then
        error(("db:zip: argument %d must be a list, not a %s"):format(i, type(lists[i])), 2)
      elseif #lists[i] ~= #lists[1] then
        error(("db:zip over lists of %d and %d elements"):format(#lists[1], #lists[i]), 2)
      end
    end
    return next_of(lists)
  end

  return methods, function() closed = true end
end

return plain_db
