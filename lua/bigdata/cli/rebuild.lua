-- cli/rebuild.lua - `bigdata rebuild`: drop and recreate the schema and its dictionary.

local command = require "bigdata.cli.command"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local options = require "bigdata.cli.options"
local server = require "bigdata.cli.server"

local SCHEMA = "census"

local COMMAND = command.new {
  name = "rebuild",
  usage = "Usage: bigdata rebuild [options]",
  description = "Drops and recreates the tables that the Census scenarios use, with all they hold, "
    .. "and loads the dictionary of Summary File 1. Tables that this program has not made are only "
    .. "dropped with --force.",
  options = {
    {
      title = "Server",
      {
        name = "dburl", argument = "URL", read = options.DBURL.read,
        help = "a libpq URI or keyword string; without it the environment of libpq says where to "
          .. "connect (PGHOST, PGSERVICE, ...)",
      },
      table.unpack(options.SERVER),
    },
    {
      title = "Options",
      { name = "force", help = "drop tables that this program has not made, too" },
      options.SILENT,
      options.VERBOSE,
      options.HELP,
    },
  },
}

local function rebuild(values)
  local schema = require "bigdata.trial.schema"
  local connection <close> = failure.check(core.connect(values.dburl))
  local summary = failure.check(schema.rebuild(connection, SCHEMA, values.force or false))
  return { summary = summary, where = connection:description() }
end

function COMMAND.act(values, _, out)
  local known, problem, why = server.choose(values)
  if not known then return out:problem(problem, why) end
  if not values.dburl and not core.environment() then
    return out:problem("rebuild needs to know the database",
      { hint = "give --dburl or --dbname, or set PGDATABASE or others of libpq's variables" })
  end
  local done, message, info = failure.protect(rebuild, values)
  if not done then return core.interrupted() and 130 or out:problem(message, info) end
  if not values.quiet then out:result(("%s: %s\n"):format(done.where, done.summary)) end
  return 0
end

return COMMAND
