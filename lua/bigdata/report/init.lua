-- report/init.lua - the result of a trial as text. Pure: a table in, a string out.

local arrival_report = require "bigdata.report.arrival"
local core_version = require "bigdata.core".version
local figures = require "bigdata.result.figures"
local report_time = require "bigdata.report.time"
local tables = require "bigdata.tables"
local text = require "bigdata.text"

local report = {}

local WIDTH = 80
local LINE = "%-34s %10s %12s %9s %10s"

local function line(...)
  return (LINE:format(...):gsub(" +$", ""))
end

local function rate(amount, seconds)
  return seconds > 0 and text.rate(amount / seconds) or "N/A"
end

--- The parts of the report, each a list of lines.

local LOOPS = {
  worker = "lua, an interpreter for each %s",
  shared = "lua, one interpreter under one lock",
}

local function loop_of(settings)
  if settings.loop ~= "lua" then return settings.loop end
  return LOOPS[settings.lua_state]:format(settings.engine == "poll" and "event loop"
    or "connection")
end

local function transactions_of(result)
  local settings = result.settings
  if (settings.insert_batch or 0) > 0 then
    return "one transaction per " .. text.plural(settings.insert_batch, "row")
  end
  if settings.commit_every > 0 then
    return "one transaction per " .. text.plural(settings.commit_every, "record")
  end
  return settings.autocommit and result.continued == nil and "autocommit"
    or "one transaction per record"
end

-- What a report begins with: what was run, name and summary. version: of the program that has
-- measured, if it may be another one than this.
function report.title(name, summary, version)
  local words = ("bigdata %s: %s, %s"):format(version or core_version, name, summary)
  return text.wrap(text.words(words), WIDTH - 2, "  ")
end

-- The heading's line about the server; what: for what a private one was started.
function report.server_line(server, what)
  return ("  server    PostgreSQL %s, %s"):format(server.version,
    server.private and "private, started for this " .. what or server.description)
end

local function limits_of(settings)
  local limits = {}
  if settings.limit > 0 then limits[1] = text.plural(settings.limit, "record") end
  if settings.time > 0 then limits[#limits + 1] = text.plural(settings.time, "second") end
  return table.concat(limits, ", ")
end

local function heading(result)
  local settings, limits = result.settings, limits_of(result.settings)
  local loops = settings.engine == "poll" and text.plural(settings.jobs, "event loop")
  local lines = {
    report.title(result.scenario, result.summary, (result.environment or {}).bigdata),
    "",
    ("  engine    %s%s"):format(settings.engine, loops and ", " .. loops or ""),
    ("  loop      %s"):format(loop_of(settings)),
    ("  pool      %s, %s protocol, %s"):format(text.plural(settings.poolsize, "connection"),
      settings.protocol, transactions_of(result)),
  }
  if (settings.insert or "row") ~= "row" then
    lines[#lines + 1] = ("  insert    %s"):format(settings.insert)
  end
  if (settings.delay or 0) > 0 then
    lines[#lines + 1] = ("  delay     %g ms more for each round trip"):format(settings.delay)
  end
  if limits ~= "" then lines[#lines + 1] = ("  limit     %s a step"):format(limits) end
  if settings.rate > 0 then
    lines[#lines + 1] = ("  rate      %s a second"):format(text.plural(settings.rate, "record"))
  end
  if result.continued ~= nil then -- with --resume
    lines[#lines + 1] = ("  load      %s; --resume continues it"):format(result.continued
      and "continued" or "begun")
  end
  if result.server then lines[#lines + 1] = report.server_line(result.server, "run") end
  return lines
end

local function phase_rate(phase)
  return phase.rate and text.rate(phase.rate) or "N/A"
end

local function phase_line(name, phase)
  return line("  " .. name, "", text.count(phase.rows), text.seconds(phase.seconds),
    phase_rate(phase))
end

local function step_lines(step, with_phases)
  local lines = {
    line(step.name, text.count(step.records), text.count(step.rows), text.seconds(step.seconds),
      step.rows > 0 and rate(step.rows, step.seconds) or "-"),
  }
  if step.rows == 0 then
    lines[2] = line("  records per second", "", "", "", rate(step.records, step.seconds))
  elseif with_phases then
    local filling, after = figures.phases(step)
    lines[2] = phase_line("while the queue was being filled", filling)
    lines[3] = phase_line("after", after)
  end
  return lines
end

-- The last step that wrote rows always shows its phases; others do if both were long enough.
local function shows_phases(result, step)
  local last
  for _, other in ipairs(result.steps) do last = other.rows > 0 and other or last end
  local filling, after = figures.phases(step)
  return step == last or filling.rate ~= nil and after.rate ~= nil
end

local function table_of_steps(result)
  local lines = { line("step", "records", "rows", "seconds", "rows/s") }
  local too_short = false
  for _, step in ipairs(result.steps) do
    for _, shown in ipairs(step_lines(step, shows_phases(result, step))) do
      lines[#lines + 1] = shown
      too_short = too_short or shown:find("N/A$") ~= nil
    end
  end
  return lines, too_short
end

-- Workers without a record to work on mean that the reader was the slower one.
local function waiting_note(result, step)
  if step.seconds < figures.SHORTEST_PHASE then return nil end
  local share = step.queue_empty_seconds / (step.seconds * result.settings.poolsize)
  if share >= 0.01 then
    return ("%s: the workers waited for records for %s of their time"):format(step.name,
      text.percent(math.min(share, 1)))
  end
end

-- "data: 2 records were left out": what became of so many of a step's things; nil of none.
local function counted_note(step, number, one, several, done)
  if number == 0 then return nil end
  return ("%s: %s %s"):format(step.name, number == 1 and ("1 %s was"):format(one)
    or ("%s %s were"):format(text.count(number), several), done)
end

local function retries_note(step)
  return counted_note(step, step.retries, "statement or transaction", "statements or transactions",
    "done again after serialization failures or deadlocks")
end

local function reconnects_note(step)
  return counted_note(step, step.reconnects, "lost connection", "lost connections", "opened again")
end

local function skipped_note(step)
  return counted_note(step, step.skipped, "record", "records", "stored before, and left alone")
end

-- So much of a step's time later than its moment, a record is late because the rate was too high.
local OVERLOADED = 0.05

local function schedule_note(step)
  local schedule = step.schedule
  if not (schedule and schedule.lag_mean_seconds) then return nil end
  local overloaded = schedule.lag_max_seconds > OVERLOADED * step.seconds
  return ("%s: %srecords began %s ms late on average, %s ms at most"):format(step.name,
    overloaded and "overloaded, the rate was not reached\n  " or "",
    text.milliseconds(schedule.lag_mean_seconds), text.milliseconds(schedule.lag_max_seconds))
end

-- What was left out, and why: a list of lines.
function report.reject_notes(step)
  if step.rejects == 0 then return {} end
  local lines = { counted_note(step, step.rejects, "record", "records", "left out") }
  for _, sample in ipairs(step.samples) do
    local state = (sample.sqlstate or "") ~= "" and (" (SQLSTATE %s)"):format(sample.sqlstate) or ""
    local where = ("  %s:%d: "):format(sample.file, sample.line)
    lines[#lines + 1] = where .. text.hang(sample.reason, "    ") .. state
  end
  if step.rejects > #step.samples then
    lines[#lines + 1] = ("  and %s more"):format(text.count(step.rejects - #step.samples))
  end
  return lines
end

-- The step and its first bad record, of a trial that ended there.
function report.stopped_at(result)
  local step = result.steps[#result.steps]
  local sample = step.samples[1]
  local where = sample and (": %s:%d: %s"):format(sample.file, sample.line, sample.reason) or ""
  return ("step %s stopped at %s%s"):format(step.name,
    step.rejects == 1 and "a bad record" or "too many bad records, the first", where)
end

-- Which of --limit and --time a step's source ended before; nil if before none. Another program
-- does not tell what it has read.
function report.ended_before(settings, step)
  if step.ended ~= "done" or not step.read_records then return nil end
  local limited, timed = settings.limit > 0, settings.time > 0
  if limited and step.read_records >= settings.limit then return nil end
  return limited and timed and "--limit and --time" or limited and "--limit" or timed and "--time"
    or nil
end

local function source_note(result, step)
  local limits = report.ended_before(result.settings, step)
  return limits and ("%s: the source ended after %s, before %s"):format(step.name,
    text.plural(step.read_records, "record"), limits)
end

local ENDED = {
  time = "%s: ended when its time was up",
  errors = "%s: stopped, with more bad records than --max-errors allows",
  failed = "%s: failed; the figures are those of what the server had acknowledged",
  interrupted = "%s: interrupted; the figures are those of what the server had acknowledged",
}

local function notes(result, too_short)
  local lines = {}
  if too_short then
    lines[1] = ("N/A: shorter than %g s, too short for a rate"):format(
      figures.SHORTEST_PHASE)
  end
  for _, step in ipairs(result.steps) do
    lines[#lines + 1] = source_note(result, step)
    lines[#lines + 1] = waiting_note(result, step)
    lines[#lines + 1] = schedule_note(step)
    lines[#lines + 1] = skipped_note(step)
    lines[#lines + 1] = retries_note(step)
    lines[#lines + 1] = reconnects_note(step)
    for _, note in ipairs(report.reject_notes(step)) do lines[#lines + 1] = note end
    if step.arrival then
      lines[#lines + 1] = text.wrap(text.words(arrival_report.line(step)), WIDTH - 2, "  ")
    end
    if ENDED[step.ended] then lines[#lines + 1] = ENDED[step.ended]:format(step.name) end
  end
  return lines
end

-- The steps that were to come when the trial was cut short.
local function missing_note(result)
  if result.ended == "done" then return nil end
  if #result.steps == 0 then return "interrupted before the first step" end
  local last = result.steps[#result.steps]
  if (last.ended == "done" or last.ended == "time") and not last.error then
    return ("%s after step %s: no further step was run"):format(result.ended, last.name)
  end
end

local function append(lines, more)
  if #more == 0 then return end
  if #lines > 0 then lines[#lines + 1] = "" end
  tables.append(lines, more)
end

-- The whole report, ending in a line feed. style: { blocks= it may hold block characters,
-- statements= say how long each took }, or nil.
function report.text(result, style)
  style = style or {}
  local lines = heading(result)
  local too_short = false
  if #result.steps > 0 then
    local rows
    rows, too_short = table_of_steps(result)
    append(lines, rows)
  end
  append(lines, notes(result, too_short))
  append(lines, report_time.latencies(result))
  if style.statements then append(lines, report_time.statements(result)) end
  append(lines, report_time.pgbench(result))
  append(lines, report_time.cpu(result))
  append(lines, report_time.traffic(result))
  append(lines, report_time.shares(result, style.blocks))
  append(lines, report_time.server(result, style.blocks))
  append(lines, report_time.verdicts(result))
  append(lines, { missing_note(result) })
  return table.concat(lines, "\n") .. "\n"
end

local function short_rate(step)
  if step.rows == 0 then
    return ("%s %s records/s"):format(step.name, rate(step.records, step.seconds))
  end
  local filling, after = figures.phases(step)
  local line_of_step = ("%s %s rows/s"):format(step.name, rate(step.rows, step.seconds))
  if not (filling.rate and after.rate) then return line_of_step end
  return ("%s (filling the queue %s, after %s)"):format(line_of_step, phase_rate(filling),
    phase_rate(after))
end

-- The rates, and what was left out, on one line.
function report.line(result)
  local rates = {}
  for _, step in ipairs(result.steps) do
    rates[#rates + 1] = short_rate(step)
    if step.rejects > 0 then
      rates[#rates + 1] = ("%s left out"):format(text.plural(step.rejects, "record"))
    end
  end
  if result.ended ~= "done" then rates[#rates + 1] = result.ended end
  return ("%s: %s\n"):format(result.scenario, table.concat(rates, ", "))
end

return report
