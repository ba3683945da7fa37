-- trial/dry_run.lua - what a scenario would do, without a database: the plan of each step, or the
-- function that the Lua loop calls, and its files read and parsed to the end.

local compile = require "bigdata.trial.compile"
local failure = require "bigdata.failure"
local own_function = require "bigdata.step.own_function"
local report = require "bigdata.report"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local values = require "bigdata.values"

local dry_run = {}

local WIDTH = 79

--- The plan as text.

-- What the answer of a statement is called in the listing: row1, rows2.
local function slot_name(kinds, slot)
  return ("%s%d"):format(kinds[slot] == "one" and "row" or "rows", slot)
end

local function origin(param, kinds, rest)
  if param.null then return "NULL" end
  if param.constant then return values.shown(param.constant) end
  if param.field then return "row." .. param.field end
  if param.element then return ("row.%s[]"):format(rest) end
  return ("%s%s.%s"):format(slot_name(kinds, param.slot), param.loop and "[]" or "", param.column)
end

local function list_names(op, kinds, rest)
  local names = {}
  for i, list in ipairs(op.lists) do
    names[i] = list.rest and "row." .. rest or slot_name(kinds, list.slot)
  end
  return table.concat(names, ", ")
end

-- What the operation is called in the listing, without its parameters.
local function title(op, kinds, rest)
  if op.op == "insert" then
    local over = #op.lists > 0 and " for each of " .. list_names(op, kinds, rest) or ""
    return ("insert%s: %s (%s)"):format(over, op.table, table.concat(op.columns, ", "))
  end
  local target = op.slot and slot_name(kinds, op.slot) .. " = " or ""
  return ("%s%s: %s"):format(target, op.op, text.statement(op.sql))
end

local function statement_lines(op, kinds, rest, indent)
  local statement = title(op, kinds, rest)
  local inner = indent .. "    "
  local lines = { indent .. text.wrap(text.words(statement), WIDTH - #inner, inner) }
  local origins = {}
  for i = 1, op.n do
    origins[i] = ("%s = %s%s"):format(op.columns and op.columns[i] or "$" .. i,
      origin(op.params[i], kinds, rest), i < op.n and "," or "")
  end
  if op.n > 0 then
    lines[2] = inner .. text.wrap(origins, WIDTH - #inner, inner)
  end
  return lines
end

local BLOCKS = { pipeline = "in a pipeline", begin = "in a transaction" }
local ENDS = { ["end"] = true, sync = true, commit = true }

-- A plan's operations, what is in loops and blocks indented. spec is what trace.record() gave, rest
-- the name of the records' list.
function dry_run.plan(spec, rest)
  local lines, kinds, indent = {}, {}, "  "
  for _, op in ipairs(spec.ops) do
    if op.slot then kinds[op.slot] = op.op end
    if op.op == "zip" then
      lines[#lines + 1] = ("%sfor each of %s:"):format(indent, list_names(op, kinds, rest))
      indent = indent .. "  "
    elseif BLOCKS[op.op] then
      lines[#lines + 1] = ("%s%s:"):format(indent, BLOCKS[op.op])
      indent = indent .. "  "
    elseif ENDS[op.op] then
      indent = indent:sub(3)
    else
      tables.append(lines, statement_lines(op, kinds, rest, indent))
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

-- What an interpreter would call.
local function function_lines(step)
  local place = debug.getinfo(own_function.of(step.run or step.each), "S")
  local plan = (step.each or step.plan) and "; --loop c shows a plan" or ""
  return ("  calls %s for every record: %s:%d\n  (not called here%s)\n"):format(
    step.run and "run" or "each", place.short_src, place.linedefined, plan)
end

--- The files.

local function count_line(outcome)
  local rate = outcome.seconds > 0
    and (", %s records/s"):format(text.count(outcome.records / outcome.seconds)) or ""
  return ("  read: %s, %s, %s in %s s%s\n"):format(text.plural(outcome.records, "record"),
    text.plural(outcome.fields, "field"), text.bytes(outcome.bytes), text.seconds(outcome.seconds),
    rate)
end

-- All is read, however long that takes: for the source there is no --time.
local function read_step(compiled, settings, flags, write)
  local source <close> = compile.source(compiled.step, flags, tables.copy(settings, { time = 0 }))
  write(("step %s\n"):format(compiled.step.name))
  write(compiled.spec and dry_run.plan(compiled.spec, compiled.rest)
    or function_lines(compiled.step))
  local outcome, message, info = source:read_all {
    limit = settings.limit, max_errors = settings.max_errors,
  }
  local name = compiled.step.name
  if not outcome then
    return { name = name, ended = "failed", error = { message = message, hint = info.hint } }
  end
  outcome.name = name
  write(count_line(outcome))
  for _, note in ipairs(report.reject_notes(outcome)) do write("  " .. note .. "\n") end
  return outcome
end

local function run(scenario, settings, flags, write)
  local result = { scenario = scenario.name, steps = {}, ended = "done" }
  for i, compiled in ipairs(failure.check(compile.steps(scenario, flags, settings))) do
    local outcome = read_step(compiled, settings, flags, write)
    result.steps[i] = outcome
    result.ended, result.error = outcome.ended, outcome.error
    if outcome.ended ~= "done" then break end
  end
  return result
end

-- Print the plans, or what the Lua loop calls, and what the files hold, by write(text):
-- { scenario=, steps=, ended=, error= } as in a trial's result; or nil, message, info.
function dry_run.run(scenario, settings, flags, write)
  return failure.protect(run, scenario, settings, flags, write)
end

return dry_run
