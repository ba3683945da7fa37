-- cli/manual.lua - the manual page, as man(7) source: what help says of commands and options, from
-- the same tables, and what a page has besides.

local commands = require "bigdata.cli.commands"
local core = require "bigdata.core"
local options = require "bigdata.cli.options"
local text = require "bigdata.text"

local manual = {}

local ABOUT = [[
.SH NAME
bigdata \- measure how fast a PostgreSQL takes what a scenario sends it
.SH SYNOPSIS
.B bigdata
.I SCENARIO
.RI [ options ]
.br
.B bigdata
.I COMMAND
\&...
.SH DESCRIPTION
.B bigdata
runs a scenario, a Lua file that says which statements are sent for each record of a source, against
a PostgreSQL, and measures: how many rows a second arrive, how long records take, where the
workers' time goes, what the server does meanwhile, and what the run was bound by.
Afterwards it compares what the tables hold with what the server has acknowledged.
.PP
The loop over the records runs in C, or with
.B \-\-loop lua
in Lua; connections are served by a thread each, or with
.B \-\-engine poll
by event loops.
The same work can be done over and over with other settings, and the results compared.
.PP
Without
.B \-\-dburl
and without the environment variables of libpq, a private server is started in a temporary folder,
listening on a Unix socket there and on nothing else, and removed in the end.
A run empties the tables it fills, but only where a comment on them says that
.B bigdata
has made them.
.PP
Results go to standard output, everything else to standard error.
]]

local SURROUNDINGS = [[
.SH ENVIRONMENT
.TP
.BR PGHOST ", " PGPORT ", " PGDATABASE ", " PGUSER ", " PGPASSWORD ", " PGSERVICE ", ..."
where to connect, as libpq has it, unless
.B \-\-dburl
says so; if none of
.BR PGHOST ,
.BR PGHOSTADDR ,
.BR PGPORT ,
.BR PGDATABASE ,
.B PGSERVICE
and
.B PGUSER
is set, a private server is started
.TP
.B BIGDATA_POSTGRES_BIN
the folder with
.B initdb
and
.B postgres
for private servers; else they are looked for in
.B PATH
and in /usr/lib/postgresql
.TP
.B TMPDIR
the folder in which private servers keep their data (/tmp); its disk is measured along with them
.TP
.BR LUA_PATH ", " LUA_CPATH
where scenarios find modules of their own
.TP
.BR LC_ALL ", " LC_CTYPE ", " LANG
on a terminal with UTF\-8, bars are drawn as blocks
.SH FILES
.TP
.I ./scenarios/NAME.lua
a scenario that can be run as
.B bigdata
.I NAME
.TP
.I PREFIX/share/bigdata/scenarios/NAME.lua
the same, of those that come with the program, which is
.I PREFIX/bin/bigdata
.TP
.I PREFIX/share/bigdata/data/sample
Census files of the program's own making, which the scenarios read by default
.TP
.I PREFIX/share/doc/bigdata
how to write scenarios and sweeps, what verdicts mean, what saved results hold
.TP
.I TMPDIR/bigdata\-server\-XXXXXX
a private server; what a killed program has left is removed by the next run
.SH EXAMPLES
Run an experiment that comes with the program, on a private server:
.PP
.RS
.nf
bigdata row_by_row \-\-engine poll
.fi
.RE
.PP
The same with 50 connections to a database of one's own, for half a minute:
.PP
.RS
.nf
createdb census
bigdata row_by_row \-\-dburl postgresql:///census \-\-poolsize 50 \-\-time 30s
.fi
.RE
.PP
Find the smallest number of connections that is nearly as fast as any:
.PP
.RS
.nf
bigdata row_by_row \-\-find poolsize
.fi
.RE
.PP
Try every way of shipping rows, and show the answer in a browser:
.PP
.RS
.nf
bigdata ingest_methods \-\-html methods.html
.fi
.RE
.PP
Has a change made anything slower?
.PP
.RS
.nf
bigdata row_by_row \-\-repeat 5 \-\-json before.json
bigdata row_by_row \-\-repeat 5 \-\-json after.json
bigdata compare before.json after.json \-\-fail\-above 5%
.fi
.RE
.SH SEE ALSO
.BR psql (1),
.BR pgbench (1),
.BR initdb (1),
.BR postgres (1)
]]

--- Text as man(7) source.

local function escaped(word)
  return (word:gsub("\\", "\\e"):gsub("%-", "\\-"))
end

-- A word of a sentence: options are bold, and their hyphens can be copied and pasted.
local function word_source(word)
  local before, option, after = word:match("^(%(?)(%-%-?%a[%w-]*)(.*)$")
  if not option then return word == "-" and "\\-" or (word:gsub("\\", "\\e")) end
  return ("%s\\fB%s\\fR%s"):format(before, escaped(option), after)
end

-- A sentence, on lines that are none of man's requests.
local function sentence(words)
  local list = text.words(words)
  for i, word in ipairs(list) do list[i] = word_source(word) end
  return (("\n" .. text.wrap(list, 99, "")):gsub("\n([.'])", "\n\\&%1"):sub(2))
end

local function bold(words)
  return "\\fB" .. escaped(words) .. "\\fR"
end

local function italic(words)
  return "\\fI" .. escaped(words) .. "\\fR"
end

--- Options and commands.

local function option_lines(lines, option)
  local short = option.short and bold("-" .. option.short) .. ", " or ""
  local label = short .. bold("--" .. option.name)
  lines[#lines + 1] = ".TP"
  lines[#lines + 1] = label .. (option.argument and " " .. italic(option.argument) or "")

  local words = options.described(option)
  if option.negation then
    words = ("%s; --%s: %s"):format(words, option.negation, option.negation_help)
  end
  lines[#lines + 1] = sentence(words)
end

-- The options of a run: they are described once.
local function common_options()
  local common = {}
  for option in options.each(options.RUN) do common[option] = true end
  return common
end

-- A command's own options, in a block, and the names of the others.
local function own_option_lines(lines, definition, common)
  local shared = {}
  lines[#lines + 1] = ".RS"
  for option in options.each(definition.options) do
    if common[option] then
      shared[#shared + 1] = bold("--" .. option.name)
    else
      option_lines(lines, option)
    end
  end
  lines[#lines + 1] = ".RE"
  if #shared > 0 then
    lines[#lines + 1] = ".IP"
    lines[#lines + 1] = table.concat(shared, ", ") .. " as below."
  end
end

-- "Usage: bigdata list\n       bigdata ..." as tags of one paragraph.
local function usage_lines(lines, usage)
  local macro = ".TP"
  for line in usage:gsub("^Usage:", ""):gmatch("[^\n]+") do
    lines[#lines + 1] = macro
    lines[#lines + 1] = bold((line:gsub("^%s+", "")))
    macro = ".TQ"
  end
end

-- Paragraphs that belong to a tag.
local function paragraphs(lines, description)
  for paragraph in (description .. "\n\n"):gmatch("(.-)\n\n") do
    lines[#lines + 1] = sentence(paragraph)
    lines[#lines + 1] = ".IP"
  end
  lines[#lines] = nil
end

local function command_lines(lines)
  lines[#lines + 1] = ".SH COMMANDS"
  local common = common_options()
  for _, command in ipairs(commands.LIST) do
    local definition = command.own and commands.module(command.name).definition or {
      usage = ("bigdata %s %s"):format(command.name, command.words),
      description = ("%s."):format(command.help:gsub("^%l", string.upper)),
      options = {},
    }
    usage_lines(lines, definition.usage)
    paragraphs(lines, definition.description)
    own_option_lines(lines, definition, common)
  end
end

local function run_option_lines(lines)
  lines[#lines + 1] = ".SH OPTIONS"
  lines[#lines + 1] = sentence("Options may stand before or after the scenario. A scenario may "
    .. "have flags of its own, and other defaults: bigdata help SCENARIO shows them.")
  for _, group in ipairs(options.RUN) do
    lines[#lines + 1] = ".SS " .. group.title
    for _, option in ipairs(group) do option_lines(lines, option) end
  end
end

local function status_lines(lines)
  lines[#lines + 1] = ".SH EXIT STATUS"
  for _, status in ipairs(commands.STATUSES) do
    lines[#lines + 1] = ".TP"
    lines[#lines + 1] = bold(tostring(status[1]))
    lines[#lines + 1] = sentence(status[2])
  end
end

-- The page.
function manual.text()
  local lines = { ('.TH BIGDATA 1 "" "bigdata %s" "User Commands"'):format(core.version), ABOUT }
  command_lines(lines)
  run_option_lines(lines)
  status_lines(lines)
  lines[#lines + 1] = SURROUNDINGS
  return (table.concat(lines, "\n"):gsub("\n\n", "\n"))
end

return manual
