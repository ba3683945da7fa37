-- cli/options.lua - the table of options: what they are called, what values they take, what is said
-- about them. cli/arguments.lua parses them and makes the help text.
--
-- An option is { name=, short=, aliases=, argument=, read=, default=, help=, key=, value= }:
--   argument  what stands for its value in the help; without one the option is a switch
--   read      turns the value's text into the value: function(text) -> value, or nil and what the
--             value must be ("a whole number from 1 to 5000")
--   key       where the value goes, if not under the name; value  what a switch sets (true)
-- A switch may have a `negation`, the name of its opposite, and `negation_help`, if that cannot do
-- with the same words. Options are kept in groups, a list of { title=, of_trial=, options... };
-- of_trial: they say how a trial is run, so that scenarios may set them, and results have them:
-- never where to connect, which may hold a password. `_` and `-` are the same in names.

local failure = require "bigdata.failure"
local tables = require "bigdata.tables"
local text = require "bigdata.text"

local options = {}

--- Reading values.

local MULTIPLES = { k = 1e3, m = 1e6 }

-- 500, -1.5, 1e6, and 10k and 2M for thousands and millions; nil for anything else.
local function number(given)
  local digits, suffix = given:match("^([%d.eE+-]+)([kmKM]?)$")
  local value = tonumber(digits)
  if suffix == "" or not value then return value end
  return value * MULTIPLES[suffix:lower()]
end

local function integer(given)
  return math.tointeger(number(given))
end

local function whole(least, most)
  local wanted = ("a whole number from %d to %d"):format(least, most)
  return function(given)
    local value = integer(given)
    if not value or value < least or value > most then return nil, wanted end
    return value
  end
end

local SECONDS = { [""] = 1, s = 1, m = 60, h = 3600 }
local MOST_SECONDS = 10000000

local function duration(given)
  local digits, suffix = given:match("^(%d*%.?%d*)([smh]?)$")
  local seconds = (tonumber(digits) or 0) * (SECONDS[suffix] or 0)
  if seconds <= 0 then return nil, "a time above zero, as in 30, 30s, 2m or 1h" end
  if seconds > MOST_SECONDS then return nil, ("at most %d seconds"):format(MOST_SECONDS) end
  return seconds
end

local function choice(words)
  return function(given)
    for _, word in ipairs(words) do
      if word == given then return word end
    end
    return nil, text.either(words)
  end
end

local function any(given)
  return given
end

-- What is written while the run goes on, so that a report could not stand beside it.
local function file_alone(given)
  if given == "-" then return nil, "a file (--progress writes to the terminal)" end
  return given
end

-- 0, or a number in that range.
local function zero_or(least, most, wanted)
  return function(given)
    local value = number(given)
    if value and (value == 0 or value >= least and value <= most) then return value end
    return nil, wanted
  end
end

local frequency = zero_or(0.001, 1000, "a number of times a second, from 0.001 to 1000, or 0")
local milliseconds = zero_or(0, 10000, "milliseconds, from 0 to 10000")
local rate = zero_or(0.001, 1e6, "records a second, from 0.001 to 1000000; 0 is no limit")

-- A setting and its values, NAME=LIST.
local function variation(given)
  local name, list = given:match("^%s*([%w_-]+)%s*=(.*)$")
  if not name then return nil, "NAME=LIST, as in poolsize=1,2,5 or poolsize=1..64x2" end
  return { name = name, list = list }
end

options.number, options.integer, options.whole = number, integer, whole
options.duration, options.choice, options.any = duration, choice, any

--- The options of a run.

local MANY = 1000000000000

options.DBURL = {
  name = "dburl", argument = "URL", read = any,
  help = "a libpq URI or keyword string; without it and the next four the environment of "
    .. "libpq says where to connect (PGHOST, PGSERVICE, ...), and without that a private server is "
    .. "started",
}
-- Beside --dburl, as psql and pgbench have them; cli/server.lua puts them together.
options.SERVER = {
  {
    name = "host", short = "h", argument = "HOST", read = any,
    help = "the server's host, or the folder of its socket; it and the next three override --dburl",
  },
  {
    name = "port", short = "p", argument = "PORT", read = whole(1, 65535), help = "its port",
  },
  {
    name = "username", short = "U", argument = "USER", read = any, help = "the role to connect as",
  },
  { name = "dbname", short = "d", argument = "DBNAME", read = any, help = "the database" },
}
options.VERBOSE = { name = "verbose", help = "show where in the Lua code an error arose" }
options.QUIET = { name = "quiet", help = "print the result only, on one line" }
-- The same of commands that have no result but what they make.
options.SILENT = { name = "quiet", help = "print nothing if all is well" }
options.STATEMENTS = {
  name = "report-per-command", short = "r", help = "say how long each statement took, too",
}
options.HTML = {
  name = "html", argument = "FILE", read = any,
  help = "write a page with pictures, which opens in any browser and needs no network",
}
options.HELP = { name = "help", help = "show this text" }

options.RUN = {
  { title = "Server", options.DBURL, table.unpack(options.SERVER) },
  {
    title = "Database", of_trial = true,
    {
      name = "poolsize", short = "c", aliases = { "client", "clients", "connections" },
      argument = "N", read = whole(1, 5000), default = 15,
      help = "connections, each with one worker",
    },
    {
      name = "protocol", short = "M", argument = "NAME", default = "prepared",
      read = choice { "prepared", "extended", "simple" },
      help = "how statements are sent: prepared, extended or simple",
    },
    {
      name = "no-autocommit", key = "autocommit", value = false, default = true,
      help = "one transaction for each record",
      negation = "autocommit", negation_help = "no transaction around each record",
    },
    {
      name = "commit-every", argument = "N", read = whole(1, 1000000), default = 0,
      no_default_in_help = true,
      help = "one transaction for N records of a connection; if it fails, parts of it are done "
        .. "again, so that only bad records are left out",
    },
    {
      name = "insert", argument = "METHOD", default = "row",
      read = choice { "row", "pipeline", "values", "unnest", "copy", "copy-binary" },
      help = "how db:insert ships rows: row, a statement for each; pipeline, the same without "
        .. "waiting for each answer; or all of a record together: values, as rows of one INSERT, "
        .. "unnest, as arrays, copy or copy-binary, by COPY",
    },
    {
      name = "insert-batch", argument = "ROWS", read = whole(0, 1000000000), default = 0,
      help = "rows of several records travel together, in one transaction, once there are so many; "
        .. "0: those of each record alone",
    },
    {
      name = "reconnect", argument = "S", read = duration, default = 0, no_default_in_help = true,
      help = "open lost connections again, trying for S seconds, and do again what is known not to "
        .. "be stored",
    },
    {
      name = "max-tries", argument = "N", read = whole(1, 1000000), default = 10,
      help = "how often to try what a serialization failure, a deadlock or, with --reconnect, a "
        .. "lost connection has undone: the transaction, or the statement without one",
    },
    {
      name = "delay", argument = "MS", read = milliseconds, default = 0, no_default_in_help = true,
      help = "make every round trip to the server MS milliseconds longer, by a proxy",
    },
  },
  {
    title = "Execution", of_trial = true,
    {
      name = "engine", argument = "NAME", default = "threads",
      read = choice { "threads", "poll" },
      help = "who waits: threads, one for each connection; or poll, event loops over many",
    },
    {
      name = "jobs", short = "j", argument = "N", read = whole(1, 5000), default = 1,
      help = "event loops of the poll engine",
    },
    {
      name = "loop", argument = "NAME", default = "c", read = choice { "c", "lua" },
      help = "who works: c, the step compiled to a plan; or lua, its function called for every "
        .. "record",
    },
    {
      name = "lua-state", argument = "NAME", default = "worker",
      read = choice { "worker", "shared" },
      help = "with --loop lua: worker, an interpreter for each connection or event loop; or "
        .. "shared, one under one lock",
    },
    {
      name = "lua-memory", argument = "MB", read = whole(1, 1000000), default = 1024,
      help = "with --loop lua: the most memory that an interpreter may use",
    },
    {
      name = "limit", short = "t", aliases = { "transactions", "events" }, argument = "N",
      read = whole(0, MANY), default = 0, no_default_in_help = true,
      help = "stop each step after N records; 0 is after all, and 10k, 2M and 1e6 are understood",
    },
    {
      name = "time", short = "T", aliases = { "duration" }, argument = "S",
      read = duration, default = 0, no_default_in_help = true,
      help = "stop each step after S seconds; 30s, 2m and 1h are understood",
    },
    {
      name = "rate", short = "R", argument = "N", read = rate, default = 0,
      no_default_in_help = true,
      help = "begin N records a second, evenly, and count latencies from the moments at which they "
        .. "were to begin",
    },
    {
      name = "queue", argument = "N", read = whole(0, MANY), default = 4096,
      help = "records between the reader and the workers; 0 is no bound",
    },
    {
      name = "preload", help = "fill the queue before the clock starts",
      negation = "no-preload", negation_help = "start the clock with an empty queue",
    },
    {
      name = "max-errors", argument = "N", read = whole(0, MANY), default = 0,
      help = "go on until more than N records are bad or refused",
    },
    {
      name = "no-verify", key = "verify", value = false, default = true,
      help = "do not compare what the tables hold with what was acknowledged",
      negation = "verify", negation_help = "compare them",
    },
  },
  {
    title = "Measuring", of_trial = true,
    {
      name = "monitor", argument = "HZ", read = frequency, default = 20,
      help = "look so often a second at what the server's backends do; 0 is not at all",
    },
  },
  {
    title = "Repeats", of_trial = true,
    {
      name = "warmup", argument = "S", read = duration, default = 0, no_default_in_help = true,
      help = "before the run, run every step for S seconds that do not count",
    },
    {
      name = "timeout", argument = "S", read = duration, default = 0, no_default_in_help = true,
      help = "end other programs (bigdata.external) after S seconds",
    },
  },
  {
    title = "Sweeps",
    {
      name = "vary", argument = "NAME=LIST", read = variation, many = true,
      help = "run once for each value of a setting: 1,2,5, 1..64x2 or 10..100+10; may be given "
        .. "several times, for every combination",
    },
    {
      name = "repeat", key = "repeats", argument = "N", read = whole(1, 10000),
      help = "run everything N times, in turns",
    },
    {
      name = "find", argument = "NAME", read = choice { "poolsize", "jobs" },
      help = "search for the smallest poolsize, or jobs, with which the rate is nearly the best",
    },
    {
      name = "seed", argument = "N", read = whole(0, 2 ^ 31), default = 1,
      help = "for the order of the turns and the draws of statistics",
    },
    {
      name = "continue", key = "continued", argument = "FILE", read = any,
      help = "go on with an interrupted sweep, whose results so far are in FILE (--json)",
    },
    { name = "yes", help = "run a sweep of very many runs without being asked" },
  },
  {
    title = "Long loads",
    {
      name = "resume", help = "continue the load where it was cut short, or begin one that can be "
        .. "continued: what is stored is noted in the database, with each transaction (one for "
        .. "each record, or as --commit-every says)",
    },
  },
  {
    title = "Output",
    {
      name = "progress", short = "P", aliases = { "report-interval" }, argument = "S",
      read = duration, help = "write a line of pgbench's form every S seconds",
    },
    options.QUIET,
    options.STATEMENTS,
    {
      name = "json", argument = "FILE", read = any,
      help = "write the whole result as JSON; - is standard output, and moves the report to "
        .. "standard error",
    },
    {
      name = "csv", argument = "FILE", read = any,
      help = "write a line for each step, and a header; - as with --json",
    },
    options.HTML,
    {
      name = "histogram", argument = "FILE", read = any,
      help = "write how long records took as HdrHistogram's percentile distribution; of several "
        .. "steps, into a file for each",
    },
    {
      name = "log", argument = "FILE", read = file_alone,
      help = "write a line for each interval: every second, or as --progress says",
    },
    {
      name = "dry-run", help = "read and parse everything, print the plan (with --loop lua: which "
        .. "function is called), touch no database",
    },
    options.VERBOSE,
    { name = "version", short = "V", help = "show the version" },
    options.HELP,
  },
}

-- The options whose values are files that a run writes.
options.FILES = { "json", "csv", "html", "histogram", "log" }

--- What is asked of options elsewhere.

-- Go through all options of the groups.
function options.each(groups)
  return coroutine.wrap(function()
    for _, group in ipairs(groups) do
      for _, option in ipairs(group) do coroutine.yield(option) end
    end
  end)
end

-- Go through those that say how a trial is run.
function options.each_of_trial(groups)
  local some = {}
  for _, group in ipairs(groups) do some[#some + 1] = group.of_trial and group or nil end
  return options.each(some)
end

-- A name as it is written on the command line.
function options.dashed(name)
  return (name:gsub("_", "-"))
end

-- A value as it is written there.
function options.written(value)
  return tostring(math.type(value) == "float" and math.tointeger(value) or value)
end

-- Where the option's value goes.
function options.key_of(option)
  return option.key or option.name:gsub("-", "_")
end

-- The names under which an option is known, without dashes: its own first.
function options.names_of(option)
  local names = { option.name, table.unpack(option.aliases or {}) }
  if option.negation then names[#names + 1] = option.negation end
  return names
end

-- What is said about the option, or about its opposite, with its other names and the default.
function options.described(option, opposite)
  local words = opposite and option.negation_help or option.help
  if option.aliases then
    words = ("%s; also --%s"):format(words, table.concat(option.aliases, ", --"))
  end
  local default = option.default
  if default == nil or option.no_default_in_help or option.negation_help then return words end
  if type(default) == "boolean" then default = default and "yes" or "no" end
  return ("%s (default: %s)"):format(words, default)
end

-- Of all values those that say how a trial is run, for its result.
function options.of_trial(values)
  local kept = {}
  for option in options.each_of_trial(options.RUN) do
    local key = options.key_of(option)
    kept[key] = values[key]
  end
  return kept
end

-- The options of a run of the scenario: those of any run, with the scenario's defaults.
function options.of(scenario)
  local defaults = scenario.settings or {}
  local changed = {}
  for i, group in ipairs(options.RUN) do
    changed[i] = { title = group.title, of_trial = group.of_trial }
    for j, option in ipairs(group) do
      local own = tables.copy(option)
      local default = defaults[options.key_of(option)]
      if default ~= nil then own.default, own.no_default_in_help = default, nil end
      changed[i][j] = own
    end
  end
  return changed
end

local function check(values)
  local collects = values.insert ~= "row" and values.insert ~= "pipeline"
  if values.insert_batch > 0 and not collects then
    failure.raise(("--insert-batch has no meaning with --insert %s"):format(values.insert),
      "use --insert values, unnest, copy or copy-binary, or --insert-batch 0")
  end
  if values.insert == "pipeline" and values.protocol == "simple" then
    failure.raise("--insert pipeline needs --protocol prepared or extended: the simple protocol "
      .. "has no pipelines")
  end
  if values.jobs > values.poolsize then
    failure.raise(("--jobs must not be above --poolsize: there are %d loops for %s"):format(
      values.jobs, text.plural(values.poolsize, "connection")))
  end
  if values.jobs > 1 and values.engine == "threads" then
    failure.raise("--jobs has no meaning with --engine threads, which has a thread for each "
      .. "connection", "use --engine poll, or --jobs 1")
  end
  return true
end

-- What no option of a trial can check by itself: true, or nil, message, info.
function options.check(values)
  return failure.protect(check, values)
end

-- Options of the Lua loop alone, by keys.
options.OF_LUA = { lua_state = true, lua_memory = true }

local function check_given(given, loop)
  for _, name in ipairs(text.keys(options.OF_LUA)) do
    if given[name] ~= nil and loop ~= "lua" then
      failure.raise(("--%s has no meaning without --loop lua"):format(options.dashed(name)),
        "leave it out, or use --loop lua")
    end
  end
  return true
end

-- What was given, by keys, and would be lost: true, or nil, message, info. loop: that of the run,
-- "lua" if there are several and any has it.
function options.check_given(given, loop)
  return failure.protect(check_given, given, loop)
end

return options
