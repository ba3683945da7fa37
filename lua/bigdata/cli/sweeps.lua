-- cli/sweeps.lua - runs sweeps for the command line: those of sweep files, and those that --vary
-- and --repeat make of any scenario.

local commands = require "bigdata.cli.commands"
local failure = require "bigdata.failure"
local options = require "bigdata.cli.options"
local outputs = require "bigdata.cli.outputs"
local problems = require "bigdata.report.problems"
local result_file = require "bigdata.result.file"
local search = require "bigdata.search"
local search_report = require "bigdata.report.search"
local search_run = require "bigdata.sweep.search_run"
local sweep = require "bigdata.sweep"
local sweep_file = require "bigdata.sweep.file"
local sweep_report = require "bigdata.report.sweep"
local sweep_run = require "bigdata.sweep.run"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local trials = require "bigdata.cli.trials"

local sweeps = {}

local STATUS = commands.STATUS_OF

-- Is the scenario to be run as a sweep or a search, though it is no sweep itself?
function sweeps.wanted(scenario, settings)
  return scenario.find ~= nil or settings.find ~= nil
    or settings.vary ~= nil and #settings.vary > 0 or settings.repeats ~= nil
    or settings.continued ~= nil
end

-- The options of a run that other programs heed.
local HEEDED = { poolsize = true, limit = true, queue = true, delay = true, timeout = true }

-- Would the trial not heed the option, since it sets that itself, or is a program that cannot?
local function is_deaf(planned, name, outside)
  return planned.values[name] ~= nil or planned.base.external ~= nil and not outside
end

-- An option given for a setting that every trial sets would be lost in silence: every one of those
-- that would heed it.
local function check_varied(object, given)
  local of_trial = options.of_trial(given)
  for _, name in ipairs(text.keys(given)) do
    local everywhere, somewhere = true, false
    for _, planned in ipairs(object.planned) do
      everywhere = everywhere and is_deaf(planned, name, HEEDED[name] or of_trial[name] == nil)
      somewhere = somewhere or planned.values[name] ~= nil
    end
    if everywhere and somewhere then
      local other = object.name ~= object.scenario.name
      failure.raise(("--%s: the sweep %s sets it for each trial"):format(options.dashed(name),
        object.name), other and ("leave it out, or run %s itself"):format(object.scenario.name)
        or ("leave out --%s or --vary"):format(options.dashed(name)))
    end
  end
end

-- Likewise an option, or a setting that varies, which is for the Lua loop where no trial has that.
local function check_loops(object, settings, flags, given)
  local loop
  for _, item in ipairs(failure.check(sweep.trials(object, settings, flags))) do
    if not item.external and item.settings.loop == "lua" then loop = "lua" end
  end
  failure.check(options.check_given(tables.copy(given, object.vary), loop))
end

-- A sweep's trials, and what the first one of its own would do.
local function run_dry(object, settings, flags, out)
  local list = failure.check(sweep.trials(object, settings, flags))
  failure.check(sweep_run.check(list))
  for i, item in ipairs(list) do out:result(("trial %d: %s\n"):format(i, item.label)) end
  for _, item in ipairs(list) do
    if not item.external then
      return trials.run_dry(item.scenario, item.settings, item.flags, out)
    end
  end
  return STATUS.done
end

--- Very long sweeps.

local function how_many(count)
  return ("the sweep is %s runs"):format(text.count(count))
end

-- Where nobody can be asked, a huge sweep needs --yes.
local function check_size(object, settings, flags, out)
  local count, huge = failure.check(sweep_run.size(object, settings, flags))
  if not huge or settings.yes or out.answer then return end
  local least = settings.time > 0 and settings.time * #object.scenario.steps * count
  failure.raise(how_many(count) .. (least and (", which take up to %s"):format(text.clock(least))
    or ""), "--yes runs them all; fewer values, or a smaller --repeat, make it shorter")
end

local function ask(out, count, seconds)
  out:say(("%s more runs will take about %s. Go on? [y/N] "):format(text.count(count),
    text.clock(seconds)))
  return (out.answer() or ""):lower():find("^y") ~= nil
end

--- Running.

-- What went wrong, where the report is too short to tell.
local function explain(result, settings, out)
  for _, one in ipairs(settings.quiet and problems.of(result) or {}) do
    out:problem(("%s: %s"):format(one.label, one.why), one)
  end
end

local function announcer(meter, out)
  return function(number, count, label, left)
    if not meter then return end
    local time = left and (" (%s left)"):format(text.clock(left)) or ""
    out:say(("trial %d of %d%s: %s\n"):format(number, count, time, label))
  end
end

local function hooks_of(files, meter, settings, out)
  return {
    announce = announcer(meter, out),
    watch = files:watch(meter and meter:watch()),
    save = function(result) files:keep(result_file.of_sweep(result)) end,
    confirm = function(count, seconds) return settings.yes or ask(out, count, seconds) end,
  }
end

local function write_files(files, result)
  local document = result_file.of_sweep(result)
  return files:finish(document, document.results)
end

local function run_sweep(object, settings, flags, out)
  local earlier = settings.continued and sweep_file.earlier(settings.continued)
  settings.json = settings.json or settings.continued
  local files = failure.check(outputs.open(settings, out))
  local meter = out:meter(settings)
  local result, message, info = sweep_run.run(object, settings, flags,
    hooks_of(files, meter, settings, out), earlier)
  if meter then meter:finish() end
  if not result then
    files:drop()
    return out:problem(message, info)
  end
  files:show(settings.quiet and sweep_report.lines(result) or sweep_report.text(result))
  explain(result, settings, out)
  local status = write_files(files, result)
  if status == STATUS.interrupted and settings.json and settings.json ~= "-" then
    out:say(("hint: the same command with --continue %s goes on with the sweep\n"):format(
      settings.json))
  end
  return status
end

-- The terms of a search: its file's, or those of --find; --repeat goes before the file's repeats.
local function terms_of(scenario, settings)
  local terms = scenario.find or { over = settings.find }
  return search.check(tables.copy(terms, { repeats = settings.repeats }), "--find")
end

local function check_search(terms, settings, given)
  if settings.continued then
    failure.raise("--continue goes on with a sweep, and no search",
      "leave it out: a search begins anew")
  elseif given[terms.over] ~= nil then
    failure.raise(("--%s has no meaning with --find %s, which looks for it"):format(terms.over,
      terms.over), "leave out one of the two")
  end
  failure.check(options.check_given(given, settings.loop))
end

local function run_search(scenario, settings, flags, given, out)
  local terms = terms_of(scenario, settings)
  check_search(terms, settings, given)
  if settings.dry_run then
    failure.check(search_run.check(scenario, terms, settings, flags))
    return trials.run_dry(scenario, settings, flags, out)
  end
  local files = failure.check(outputs.open(settings, out))
  local meter = out:meter(settings)
  local result, message, info = search_run.run(scenario, terms, settings, flags, {
    announce = function(number, label)
      if meter then out:say(("trial %d: %s\n"):format(number, label)) end
    end,
    watch = files:watch(meter and meter:watch()),
  })
  if meter then meter:finish() end
  if not result then
    files:drop()
    return out:problem(message, info)
  end
  files:show((settings.quiet and search_report.line or search_report.text)(result))
  explain(result, settings, out)
  return write_files(files, result)
end

local function run(scenario, settings, flags, given, out)
  if settings.report_per_command then
    failure.raise("--report-per-command shows the statements of one run: a sweep or a search is "
      .. "many", "leave it out; --json has the statements of each run")
  end
  if scenario.find or settings.find then
    if sweep.is(scenario) or #settings.vary > 0 then
      failure.raise("--find and a sweep do not go together", "search with one setting of each")
    end
    return run_search(scenario, settings, flags, given, out)
  end
  local object = sweep.extend(scenario, settings.vary or {}, settings.repeats)
  check_varied(object, given)
  check_loops(object, settings, flags, given)
  if settings.dry_run then return run_dry(object, settings, flags, out) end
  check_size(object, settings, flags, out)
  return run_sweep(object, settings, flags, out)
end

-- Run a sweep, or a scenario as one; the exit status. given: the values that were given.
function sweeps.run(scenario, settings, flags, given, out)
  local status, message, info = failure.protect(run, scenario, settings, flags, given, out)
  return status or out:problem(message, info)
end

return sweeps
