-- step/trace.lua - records what a step's function does, so that C can do it for every record.
--
-- The function is called once, with a symbolic db and a symbolic row. A symbolic value is an
-- empty table that stands for "the field logrecno of the record", "the column id of the row that
-- the first statement found" and so on; what it stands for is kept beside it, in `facts`. Values
-- can be handed to statements; whatever else Lua can do with a value ends in a metamethod, and
-- there it is refused. A loop over db:zip runs its body once, between a mark for its begin and
-- one for its end.
--
-- What Lua does without asking the value (a test of truth, == with something else, type(),
-- tonumber()) cannot be seen here. The proof finds it (step/proof.lua).

local core = require "bigdata.core"
local failure = require "bigdata.failure"
local insertion = require "bigdata.step.insertion"
local text = require "bigdata.text"
local values = require "bigdata.values"

local trace = {}

local MAX_OPS = 10000
local MAX_PARAMETERS = 65535 -- in the server's protocol

local METHODS = { "all", "cached", "exec", "insert", "one", "pipeline", "transaction", "zip" }

local WAY_OUT = "a step may only pass values through unchanged; compute in the SQL statement, or "
  .. "prepare the data, or use --loop lua, where the function may compute"

local STATE_WAY_OUT = "use --loop lua: only there a worker keeps its state from record to record"

-- What each symbolic value stands for: { trace=, kind=, name=, scope=, ... }. scope is the
-- innermost loop that the value belongs to.
local facts = setmetatable({}, { __mode = "k" })

--- Refusing.

local OWN_SOURCE = debug.getinfo(1, "S").source

local function file_name(info)
  return (info.source:gsub("^@", ""))
end

-- The place in the scenario, "file:line", of what is being done: the innermost Lua function that
-- is not one of this file's. A tail call leaves none behind; then it is where the step's function
-- begins.
local function place(self, thread)
  thread = thread or coroutine.running()
  for level = 0, math.huge do
    local info = debug.getinfo(thread, level, "Sl")
    if not info then return self.begins end
    if info.currentline > 0 and info.source ~= OWN_SOURCE then
      return ("%s:%d"):format(file_name(info), info.currentline)
    end
  end
end

-- Stop tracing: the first refusal stands, even if the scenario catches the error.
local function refuse(self, where, what, hint)
  local problem = failure.new(("step %s, %s: %s"):format(self.step, where, what), hint or WAY_OUT)
  self.refusal = self.refusal or problem
  error(self.refusal, 0)
end

local function refuse_here(self, what, hint)
  refuse(self, place(self), what, hint)
end

-- A value must be of the trace under way, and of a loop that is under way.
local function check_alive(fact, self)
  if self and fact.trace ~= self or fact.trace.finished then
    refuse_here(self or fact.trace, ("%s belongs to another record or step: values cannot be kept "
      .. "from one call to the next"):format(fact.name))
  elseif fact.scope and fact.scope.state ~= "open" then
    refuse_here(fact.trace, ("%s is used outside of its loop over db:zip"):format(fact.name))
  end
end

--- Symbolic values.

local Value = { __name = "symbolic value", __metatable = "symbolic value" }

local function symbolic(fact)
  local value = setmetatable({}, Value)
  facts[value] = fact
  return value
end

local function derived(fact, name, param)
  return symbolic { trace = fact.trace, kind = "scalar", name = name, param = param,
    scope = fact.scope }
end

local function refuse_operation(operation)
  return function(a, b)
    local fact = facts[a] or facts[b]
    refuse_here(fact.trace, ("%s on %s cannot be compiled"):format(operation, fact.name))
  end
end

local OPERATIONS = {
  __add = "arithmetic (+)", __sub = "arithmetic (-)", __mul = "arithmetic (*)",
  __div = "arithmetic (/)", __mod = "arithmetic (%)", __pow = "arithmetic (^)",
  __unm = "arithmetic (-)", __idiv = "arithmetic (//)", __band = "arithmetic (&)",
  __bor = "arithmetic (|)", __bxor = "arithmetic (~)", __bnot = "arithmetic (~)",
  __shl = "arithmetic (<<)", __shr = "arithmetic (>>)", __concat = "concatenation (..)",
  __len = "the length (#)", __lt = "a comparison (<, >)", __le = "a comparison (<=, >=)",
  __eq = "a comparison (==, ~=)", __call = "a call", __tostring = "tostring()",
  __pairs = "pairs()",
}

for event, operation in pairs(OPERATIONS) do Value[event] = refuse_operation(operation) end

function Value.__newindex(value, key)
  local fact = facts[value]
  refuse_here(fact.trace, ("assigning to %s.%s cannot be compiled"):format(fact.name,
    facts[key] and "?" or tostring(key)), fact.kind == "state" and STATE_WAY_OUT or nil)
end

-- Reading a field of a value, by the value's kind.
local read = {}

function read.record(fact, key)
  local self = fact.trace
  if self.fields[key] then return derived(fact, "row." .. key, { field = key }) end
  if self.rest and key == self.rest then
    return symbolic { trace = self, kind = "list", name = "row." .. key, list = { rest = true } }
  end
  local names = text.keys(self.fields)
  names[#names + 1] = self.rest
  refuse_here(self, ("the records have no field %s%s"):format(tostring(key),
    text.suggest(key, names)), #names <= 20 and "they have " .. table.concat(names, ", ") or
    "the source that the step gives says which fields there are")
end

function read.row(fact, key)
  if type(key) ~= "string" then
    refuse_here(fact.trace, ("%s has columns, which are read by their names"):format(fact.name))
  end
  local param = { slot = fact.slot, column = key, loop = fact.loop }
  return derived(fact, ("column %s of %s"):format(key, fact.name), param)
end

function read.list(fact, key)
  local slot = fact.list.slot
  if slot and type(key) == "string" then
    return symbolic { trace = fact.trace, kind = "column", scope = fact.scope,
      name = ("column %s of %s"):format(key, fact.name), list = { slot = slot }, column = key }
  end
  refuse_here(fact.trace, ("%s[%s] cannot be compiled: lists are only read by db:zip")
    :format(fact.name, tostring(key)), "write: for item in db:zip(list) do ... end")
end

function read.scalar(fact, key)
  refuse_here(fact.trace, ("reading or calling .%s of %s cannot be compiled"):format(tostring(key),
    fact.name))
end

read.count = read.scalar
read.column = read.scalar

function read.state(fact, key)
  refuse_here(fact.trace, ("reading %s.%s cannot be compiled"):format(fact.name, tostring(key)),
    STATE_WAY_OUT)
end

function Value.__index(value, key)
  local fact = facts[value]
  check_alive(fact)
  return read[fact.kind](fact, facts[key] and "?" or key)
end

--- Parameters.

local NOT_A_PARAMETER = {
  record = "the whole record: name one of its fields",
  row = "a whole row: name one of its columns",
  list = "a list: only db:zip and db:insert take it",
  column = "a list: only db:insert takes it",
  count = "the number of rows that a statement touched: it is not known to a plan",
  state = "a table, which is no value",
}

local function parameter(self, i, value)
  local fact = facts[value]
  if fact then
    check_alive(fact, self)
    if fact.param then return fact.param end
    refuse_here(self, ("parameter %d, %s, is %s"):format(i, fact.name, NOT_A_PARAMETER[fact.kind]))
  end
  local constant, problem = values.text(value)
  if problem then refuse_here(self, ("parameter %d is %s"):format(i, problem)) end
  return constant and { constant = constant } or { null = true }
end

--- The db object.

local function add(self, op)
  if self.finished then refuse_here(self, "db is used after the step's function has returned") end
  if #self.ops >= MAX_OPS then
    refuse_here(self, ("more than %s statements for one record: a loop that never ends?")
      :format(text.count(MAX_OPS)))
  end
  op.where = op.where or place(self)
  self.ops[#self.ops + 1] = op
end

local function innermost(self)
  return self.open[#self.open]
end

local function add_statement(self, kind, slot, sql, ...)
  if type(sql) ~= "string" then
    refuse_here(self, ("db:%s needs the statement as a string, not %s"):format(kind,
      facts[sql] and facts[sql].name or "a " .. type(sql)))
  end
  if sql:find("\0", 1, true) then
    refuse_here(self, "the statement holds a zero byte: the server refuses it")
  end
  local params, n = {}, select("#", ...)
  if n > MAX_PARAMETERS then
    refuse_here(self, ("%s parameters are more than the %s that a statement can have")
      :format(text.count(n), text.count(MAX_PARAMETERS)))
  end
  for i = 1, n do params[i] = parameter(self, i, (select(i, ...))) end
  add(self, { op = kind, sql = sql, slot = slot, n = n, params = params })
end

local function new_slot(self)
  self.slots = self.slots + 1
  return self.slots
end

local db = {}

function db.exec(self, ...)
  add_statement(self, "exec", nil, ...)
  return symbolic { trace = self, kind = "count", name = "the result of db:exec" }
end

function db.one(self, ...)
  local slot = new_slot(self)
  add_statement(self, "one", slot, ...)
  return symbolic { trace = self, kind = "row", name = "the row of db:one", slot = slot,
    scope = innermost(self) }
end

local function add_rows(self, kind, ...)
  local slot = new_slot(self)
  add_statement(self, kind, slot, ...)
  return symbolic { trace = self, kind = "list", name = "the rows of db:" .. kind,
    list = { slot = slot }, scope = innermost(self) }
end

function db.all(self, ...) return add_rows(self, "all", ...) end

function db.cached(self, ...) return add_rows(self, "cached", ...) end

-- Record what f does between two marks.
local function add_block(self, name, first, last, f)
  if type(f) ~= "function" then
    refuse_here(self, ("db:%s needs a function, not %s"):format(name,
      facts[f] and facts[f].name or "a " .. type(f)), ("write: db:%s(function() ... end)")
      :format(name))
  end
  local where = place(self)
  add(self, { op = first, where = where })
  local results = table.pack(f())
  add(self, { op = last, where = where })
  return table.unpack(results, 1, results.n)
end

function db.pipeline(self, f) return add_block(self, "pipeline", "pipeline", "sync", f) end

function db.transaction(self, f) return add_block(self, "transaction", "begin", "commit", f) end

-- What the loop's variable stands for, one for each list.
local function element(self, loop, fact)
  local slot = fact.list.slot
  if slot then
    return symbolic { trace = self, kind = "row", name = "a row of db:all", slot = slot,
      loop = loop.number, scope = loop }
  end
  return symbolic { trace = self, kind = "scalar", name = "an element of " .. fact.name,
    param = { element = true, loop = loop.number }, scope = loop }
end

local function begin_loop(self, loop)
  local lists, elements = {}, {}
  for i, fact in ipairs(loop.lists) do
    check_alive(fact, self)
    lists[i] = fact.list
  end
  add(self, { op = "zip", loop = loop.number, lists = lists })
  loop.state = "open"
  self.open[#self.open + 1] = loop
  for i, fact in ipairs(loop.lists) do elements[i] = element(self, loop, fact) end
  return table.unpack(elements)
end

local function end_loop(self, loop)
  if innermost(self) ~= loop then
    refuse_here(self, ("the loop over db:zip at %s was left early"):format(innermost(self).where))
  end
  loop.state = "done"
  self.open[#self.open] = nil
  add(self, { op = "end", loop = loop.number, where = loop.where })
end

-- The generic for calls this when a loop is left; only one left by break, return or goto is still
-- open.
local Leaving = {
  __close = function(leaving, problem)
    local self, loop = leaving.trace, leaving.loop
    if problem == nil and loop.state == "open" and not self.finished and not self.refusal then
      refuse_here(self, "leaving a loop over db:zip early (break, return, goto) cannot be compiled")
    end
  end,
}

function db.zip(self, ...)
  local loop = { lists = {}, where = place(self), state = "new", number = #self.loops + 1 }
  for i = 1, select("#", ...) do
    local list = select(i, ...)
    local fact = facts[list]
    if not fact or fact.kind ~= "list" then
      refuse_here(self, ("db:zip takes lists (the rows of db:all, the list of a record), and "
        .. "argument %d is %s"):format(i, fact and fact.name or "a " .. type(list)))
    end
    check_alive(fact, self)
    loop.lists[i] = fact
  end
  if #loop.lists == 0 then refuse_here(self, "db:zip needs at least one list") end
  self.loops[loop.number] = loop
  local function iterate()
    if loop.state == "new" then return begin_loop(self, loop) end
    if loop.state == "open" then return end_loop(self, loop) end
    refuse_here(self, "a db:zip can only be gone through once")
  end
  return iterate, nil, nil, setmetatable({ trace = self, loop = loop }, Leaving)
end

-- The place of a list among those of an insert, added if it is not there yet.
local function note_list(lists, list)
  for _, known in ipairs(lists) do
    if known.slot == list.slot then return end
  end
  lists[#lists + 1] = list
end

-- The parameter that a value of db:insert is; a list's is that of the element that the insert,
-- which is a loop of its own, stands at.
local function insert_parameter(self, op, i, value)
  local fact = facts[value]
  if not fact or not fact.list then return parameter(self, i, value) end
  check_alive(fact, self)
  if fact.list.slot and not fact.column then
    refuse_here(self, ("value %d is %s: name one of their columns"):format(i, fact.name),
      "write: db:insert(table, columns, items.id)")
  end
  note_list(op.lists, fact.list)
  if fact.list.rest then return { element = true, loop = op.loop } end
  return { slot = fact.list.slot, column = fact.column, loop = op.loop }
end

function db.insert(self, name, columns, ...)
  local n = select("#", ...)
  local sql, problem = insertion.statement(name, columns, n)
  if not sql then refuse_here(self, "db:insert: " .. problem, "") end
  local op = {
    op = "insert", table = name, columns = table.move(columns, 1, #columns, 1, {}), sql = sql,
    n = n, params = {}, lists = {}, loop = #self.loops + 1,
  }
  self.loops[op.loop] = { state = "done" }
  for i = 1, n do op.params[i] = insert_parameter(self, op, i, (select(i, ...))) end
  add(self, op)
end

-- The object that the step's function is given. Only reading a method is allowed.
local function db_object(self)
  local object = {}
  local methods = {}
  for name, method in pairs(db) do
    methods[name] = function(called_on, ...)
      if not rawequal(called_on, object) then
        refuse_here(self, ("write db:%s(...), with a colon"):format(name), "")
      end
      return method(self, ...)
    end
  end
  return setmetatable(object, {
    __name = "db",
    __metatable = "db",
    __newindex = function() refuse_here(self, "assigning to db cannot be compiled") end,
    __index = function(_, key)
      if methods[key] then return methods[key] end
      refuse_here(self, ("there is no db:%s%s"):format(tostring(key), text.suggest(key, METHODS)),
        "db has the methods " .. table.concat(METHODS, ", "))
    end,
  })
end

--- Tracing.

local function new(step, f, fields, rest)
  local info = debug.getinfo(f, "S")
  local self = {
    step = step.name, begins = ("%s:%d"):format(file_name(info), info.linedefined),
    fields = {}, rest = rest, ops = {}, slots = 0,
    loops = {}, -- all of them, by number
    open = {},  -- those under way, the innermost last
  }
  for _, name in ipairs(fields) do self.fields[name] = true end
  return self
end

local function check_loops(self)
  for _, loop in ipairs(self.loops) do
    if loop.state == "new" then
      refuse(self, loop.where, "db:zip is called, but no loop goes over it",
        "write: for item in db:zip(list) do ... end")
    elseif loop.state == "open" then
      refuse(self, loop.where, "the loop over db:zip was left early")
    end
  end
end

-- thread: in which it was raised.
local function explain_own_error(self, problem, thread)
  local message = failure.text(problem, place(self, thread) .. ": ")
  local raised = failure.new(("step %s: %s"):format(self.step, message),
    "while a step is compiled, its function is called once, with symbolic values")
  raised.traceback = debug.traceback(thread)
  return raised
end

-- Call the step's function, in a coroutine so that it cannot yield past us.
local function run(self, f, opt)
  local thread = coroutine.create(core.breakable)
  local row = symbolic { trace = self, kind = "record", name = "row" }
  local state = symbolic { trace = self, kind = "state", name = "the worker's state" }
  local good, problem = coroutine.resume(thread, f, db_object(self), row, state, opt)
  self.finished = true
  local own_error = not good and explain_own_error(self, problem, thread)
  local yielded = coroutine.status(thread) == "suspended" and place(self, thread)
  coroutine.close(thread)
  if self.refusal then error(self.refusal, 0) end
  if own_error then error(own_error, 0) end
  if yielded then refuse(self, yielded, "yielding cannot be compiled") end
  if problem ~= nil then
    refuse(self, self.begins, "the function returns a value: it must return nothing", "")
  end
end

local function record(step, fields, rest, opt)
  local f = step.plan or step.each
  local self = new(step, f, fields, rest)
  run(self, f, opt)
  check_loops(self)
  if #self.ops == 0 then
    failure.raise(("step %s sends no statement"):format(step.name),
      "call db:exec, db:insert, db:one or db:all in it; what it would only send for some values is "
      .. "not seen: use --loop lua for that")
  end
  return { name = self.step, fields = fields, rest = rest ~= nil, ops = self.ops }
end

-- Trace a step whose records have `fields` and, under the name `rest`, a list (nil: none), with the
-- flags in opt: what core.plan wants, or nil, message, info.
function trace.record(step, fields, rest, opt)
  return failure.protect(record, step, fields, rest, opt)
end

return trace
