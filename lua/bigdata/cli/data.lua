-- cli/data.lua - `bigdata data generate|inspect`: make sample files; say what a file holds.

local command = require "bigdata.cli.command"
local failure = require "bigdata.failure"
local options = require "bigdata.cli.options"

local COMMAND = command.new {
  name = "data",
  usage = "Usage: bigdata data generate [options]\n       bigdata data inspect FILE...",
  description = "generate writes Summary File 1 files that look like the real ones: a geographic "
    .. "header file and one file for each segment asked for. The same seed gives the same "
    .. "bytes.\n\ninspect says what files hold: members, records, fields, line ends, rejects, and "
    .. "whether the identities of the tables hold.",
  words = math.maxinteger,
  options = {
    {
      title = "Options of generate",
      {
        name = "records", argument = "N", read = options.whole(1, 10000000), default = 300,
        help = "geographic records",
      },
      {
        name = "seed", argument = "N", read = options.whole(0, 999999999999), default = 1,
        help = "where the random numbers begin",
      },
      {
        name = "output", argument = "DIR", read = options.any, default = "sample",
        help = "folder to write to; it is made if need be",
      },
      {
        name = "state", argument = "SS", read = options.any, default = "ny",
        help = "postal code of the state that the files are named after",
      },
      {
        name = "segments", argument = "LIST", read = options.any, default = "1",
        help = "numbers of the segments to write, as in 1,2,5",
      },
      { name = "overwrite", help = "replace files that are there already" },
      options.SILENT,
    },
    { title = "Other options", options.VERBOSE, options.HELP },
  },
}

local function segment_numbers(list)
  local numbers = {}
  for word in (list .. ","):gmatch("([^,]*),") do
    local number = options.integer(word)
    if not number then
      failure.raise(("--segments must be numbers between commas, as in 1,2,5, not %s"):format(list))
    end
    numbers[#numbers + 1] = number
  end
  return numbers
end

local function generate(values, words, out)
  if #words > 0 then
    failure.raise(("data generate: unexpected word %s"):format(words[1]),
      "--output DIR says where to write to")
  end
  local sample = require "bigdata.census.sample"
  local files = failure.check(sample.generate {
    records = values.records, seed = values.seed, output = values.output,
    state = values.state:lower(), segments = segment_numbers(values.segments),
    overwrite = values.overwrite,
  })
  for _, file in ipairs(values.quiet and {} or files) do
    out:result(("%s\n"):format(type(file) == "table" and file.path or file))
  end
  return 0
end

local function inspect(_, files, out)
  if #files == 0 then
    failure.raise("data inspect: which file?", "give one file or more, such as ny00001_uf1.zip")
  end
  local inspection = require "bigdata.census.inspect"
  local status = 0
  for _, path in ipairs(files) do
    local good, message, info = inspection.file(path, function(words) out:result(words) end)
    if not good then status = out:problem(message, info) end
  end
  return status
end

local ACTIONS = { generate = generate, inspect = inspect }

function COMMAND.act(values, words, out)
  local action = ACTIONS[words[1]]
  if not action then
    return out:problem(words[1] and ("data: there is no %s"):format(words[1])
      or "data: generate or inspect?", { hint = "bigdata help data shows how to use it" })
  end
  local status, message, info = failure.protect(action, values, { table.unpack(words, 2) }, out)
  return status or out:problem(message, info)
end

return COMMAND
