-- step/proof.lua - proves on the first records that a plan sends what the step's function would
-- send.
--
-- A trace cannot see a test of equality or of truth: `if row.code == "X"` takes one way while it
-- is recorded, whatever the records hold. So the first records are put through both forms, the
-- plan and the function itself, which is called with plain values and a db that only notes what
-- it is asked. Both get the same made-up answers, and must send the same statements with the same
-- parameters. Done twice: with answers that all differ, so that no mix-up goes unseen, and with
-- NULLs.

local failure = require "bigdata.failure"
local interpreted = require "bigdata.step.interpreted"
local text = require "bigdata.text"
local values = require "bigdata.values"

local proof = {}

local RECORDS = 10

-- How many rows a made-up answer of db:all has that is not bound to the length of a record's list.
local FREE_ROWS = 3

--- Made-up answers.

-- What the column holds in a row of the answer to the n-th statement.
local ANSWERS = {
  { name = "", touched = 1, value = interpreted.value },
  { name = " when its answers are NULL", touched = 0, value = function() return nil end },
}

-- For each slot of a plan: are its rows gone through together with the record's list, directly or
-- by way of other slots? Only those have to be as many as its elements.
local function slots_beside_rest(ops)
  local beside, changed = {}, true
  local function bound(list) return list.rest or beside[list.slot] end
  while changed do
    changed = false
    for _, op in ipairs(ops) do
      local any = false
      for _, list in ipairs(op.lists or {}) do any = any or bound(list) end
      for _, list in ipairs(any and op.lists or {}) do
        if not bound(list) then
          beside[list.slot] = true
          changed = true
        end
      end
    end
  end
  return beside
end

--- The compiled form.

local function made_up_rows(answer, n, count, columns)
  local rows = {}
  for row = 1, count do
    rows[row] = {}
    for _, column in ipairs(columns or {}) do rows[row][column] = answer.value(n, row, column) end
  end
  return rows
end

-- Play the plan on the source's current record: the list of { sql=, params=, rows= }.
local function play(player, answer, rows_of_slot)
  local sent = {}
  failure.check(player:start())
  while true do
    local sql, params, slot, columns = player:next()
    if not sql then
      if params then failure.raise(params, slot and slot.hint, slot and slot.code) end
      return sent
    end
    local rows = slot and rows_of_slot(slot) or 0
    sent[#sent + 1] = { sql = sql, params = params, rows = rows }
    failure.check(player:answer(made_up_rows(answer, #sent, rows, columns)))
  end
end

--- The interpreted form.

-- rows_of(n): how many rows the answer to the n-th statement has.
local function interpret(step, row, answer, rows_of)
  return interpreted.call(step.f, row, {
    touched = function() return answer.touched end,
    row = function(n) return interpreted.row(answer.value, n, 1) end,
    rows = function(n) return interpreted.rows(answer.value, n, rows_of(n)) end,
  }, {}, step.opt)
end

--- Comparing.

local function same(a, b)
  if a == nil or b == nil then return a == b end
  if a.sql ~= b.sql or a.params.n ~= b.params.n then return false end
  for i = 1, a.params.n do
    if a.params[i] ~= b.params[i] then return false end
  end
  return true
end

-- The number of the first statement in which the streams differ; nil if they are the same.
local function parting(compiled, sent)
  for i = 1, math.max(#compiled, #sent) do
    if not same(compiled[i], sent[i]) then return i end
  end
end

local function shown(statement)
  if not statement then return "nothing more" end
  local params = {}
  for i = 1, statement.params.n do params[i] = values.shown(statement.params[i]) end
  local sql = text.statement(statement.sql)
  if #sql > 160 then sql = sql:sub(1, 157) .. "..." end
  return ("%s\n      with (%s)"):format(sql, table.concat(params, ", "))
end

local SAME_FOR_ALL = "a test of equality or of truth (if, and, or, ==, ~=) on a value, its "
  .. "tonumber() or type(), a variable kept from record to record, chance and time cannot be "
  .. "compiled: do the same for every record, and leave the rest to the SQL statement, or use "
  .. "--loop lua"

local function raise_difference(step, at, answer, i, compiled, sent)
  failure.raise(("step %s: its plan does not do what its function does for the record at %s%s; "
    .. "they part at statement %d:\n  the function sends\n      %s\n  the plan sends\n      %s")
    :format(step.name, at, answer.name, i, shown(sent[i]), shown(compiled[i])), SAME_FOR_ALL)
end

-- A function that fails within db:transaction rolls back last; what failed is of more interest.
local function drop_rollbacks(sent)
  while #sent > 0 and sent[#sent].sql:find("^rollback") do sent[#sent] = nil end
end

local function prove_record(step, player, row, at, beside)
  local list = row[step.rest] or {}
  local function rows_of_slot(slot)
    if step.ones[slot] then return 1 end
    return beside[slot] and #list or FREE_ROWS
  end
  for _, answer in ipairs(ANSWERS) do
    local compiled = play(player, answer, rows_of_slot)
    local function rows_of(n) return compiled[n] and compiled[n].rows or FREE_ROWS end
    local sent, problem = interpret(step, row, answer, rows_of)
    if problem then drop_rollbacks(sent) end
    local parts = parting(compiled, sent)
    if parts and not (problem and parts > #sent) then
      raise_difference(step, at, answer, parts, compiled, sent)
    end
    if problem then
      failure.raise(("step %s: called for the record at %s%s, its function fails: %s")
        :format(step.name, at, answer.name, tostring(problem)), SAME_FOR_ALL)
    end
  end
end

local function ones(ops)
  local found = {}
  for _, op in ipairs(ops) do
    if op.op == "one" then found[op.slot] = true end
  end
  return found
end

local function prove(step, spec, plan, source, opt)
  local _, rest = source:fields()
  local f = step.plan or step.each
  local subject = { name = step.name, f = f, rest = rest, ones = ones(spec.ops), opt = opt }
  local beside = slots_beside_rest(spec.ops)
  local player <close> = plan:player(source)
  for _ = 1, RECORDS do
    local row, file, line = failure.check(source:next())
    if not row then break end
    prove_record(subject, player, row, ("%s:%d"):format(file, line), beside)
  end
  return true
end

-- Prove a step's plan on a fresh source. spec is what trace.record() gave, plan what core.plan()
-- made of it, opt the flags. true, also where the source has no record at all; or nil, message,
-- info.
function proof.prove(step, spec, plan, source, opt)
  return failure.protect(prove, step, spec, plan, source, opt)
end

return proof
