-- cli/compare.lua - `bigdata compare A.json B.json`: what changed, and whether it is more than
-- noise.

local command = require "bigdata.cli.command"
local comparison_report = require "bigdata.report.comparison"
local figures = require "bigdata.result.figures"
local options = require "bigdata.cli.options"
local result_comparison = require "bigdata.result.comparison"
local result_set = require "bigdata.result.set"
local sweep_comparison = require "bigdata.sweep.comparison"
local tables = require "bigdata.tables"
local text = require "bigdata.text"

local LOST = 3

local function percentage(given)
  local number = tonumber((given:match("^(%d*%.?%d*)%s*%%?$")))
  if not number then return nil, "a share in percent, as in 5%" end
  return number / 100
end

local COMMAND = command.new {
  name = "compare",
  usage = "Usage: bigdata compare A B... [options]\n       bigdata compare SWEEP [options]",
  description = "Compares results that --json has written: B, and all that follow, with A; or "
    .. "the trials of one sweep with its first one. Each is a file, or a folder of them, whose "
    .. "runs are taken together: those under the same settings are one trial.",
  epilog = "Exit status: 0 compared; 1 they cannot be compared; 3 something was lost, by more than "
    .. "--fail-above.",
  words = 1000,
  options = {
    {
      title = "Options",
      {
        name = "fail-above", argument = "SHARE", read = percentage,
        help = "exit with status 3 if anything is slower or dearer by more than that, as in 5%",
      },
      {
        name = "seed", argument = "N", read = options.whole(0, 2 ^ 31),
        help = "of the bootstrap's draws (default: that of the one sweep, else 1)",
      },
      options.VERBOSE, options.HELP,
    },
  },
}

local function runs_of(set)
  local step, least, most = figures.main_step(set), math.huge, 0
  for _, item in ipairs(set.trials) do
    local runs = #figures.list(item, step, figures.RATE)
    least, most = math.min(least, runs), math.max(most, runs)
  end
  local range = least < most and ("%d to "):format(least) or ""
  return ("%s (%s%s)"):format(set.path, range, text.plural(most, "run"))
end

local function indented(lines)
  local list = {}
  for i, line in ipairs(lines) do list[i] = "  " .. line end
  return list
end

local function report(result)
  local lines = { ("%s compared with %s"):format(runs_of(result.other), runs_of(result.one)), "" }
  if #result.where > 0 then
    lines[#lines + 1] = "They were measured on different machines or servers, which compares "
      .. "these, too:"
    tables.append(lines, indented(result.where))
    lines[#lines + 1] = ""
  end
  if #result.how > 0 then
    lines[#lines + 1] = "The runs differ in:"
    tables.append(lines, indented(result.how))
    lines[#lines + 1] = ""
  end
  tables.append(lines, comparison_report.lines(result.sections))
  lines[#lines + 1] = ""
  tables.append(lines, comparison_report.NOTES)
  lines[#lines + 1] = "The runs were not interleaved: what drifted between them is counted as well."
  return table.concat(lines, "\n") .. "\n"
end

local function report_sweep(set)
  local lines = { ("%s: compared with %s"):format(set.path,
    sweep_comparison.base(set)), "" }
  tables.append(lines, comparison_report.lines(sweep_comparison.sections(set)))
  lines[#lines + 1] = ""
  tables.append(lines, comparison_report.NOTES)
  return table.concat(lines, "\n") .. "\n"
end

-- Say what was lost; the exit status.
local function gate(result, share, out)
  local losses = share and result_comparison.losses(result, share) or {}
  for _, line in ipairs(losses) do
    out:say(("bigdata: %s, more than %g %%\n"):format(line, share * 100))
  end
  return #losses > 0 and LOST or 0
end

local function load_all(words)
  local sets = {}
  for i, word in ipairs(words) do
    local set, message, info = result_set.load(word)
    if not set then return nil, message, info end
    sets[i] = set
  end
  return sets
end

local function compare_sweep(set, values, out)
  if #set.trials < 2 then
    return out:problem(("%s holds one trial: with what is it to be compared?"):format(set.path),
      { hint = "bigdata compare A.json B.json" })
  end
  set.seed = values.seed or set.seed
  out:result(report_sweep(set))
  return gate({ sections = sweep_comparison.sections(set) }, values.fail_above, out)
end

function COMMAND.act(values, words, out)
  if #words == 0 then
    return out:problem("compare: which results?", { hint = "bigdata compare A.json B.json" })
  end
  local sets, message, info = load_all(words)
  if not sets then return out:problem(message, info) end
  if #sets == 1 then return compare_sweep(sets[1], values, out) end
  local status = 0
  for i = 2, #sets do
    local result
    result, message, info = result_comparison.of(sets[1], sets[i], values.seed)
    if not result then return out:problem(message, info) end
    out:result((i > 2 and "\n" or "") .. report(result))
    status = math.max(status, gate(result, values.fail_above, out))
  end
  return status
end

return COMMAND
