-- cli/console.lua - where commands write: results to standard output, everything else to standard
-- error.

local core = require "bigdata.core"
local progress = require "bigdata.trial.progress"

local Console = {}
Console.__index = Console

-- streams: { out=, err=, terminal=, drawing=, answer= }, for tests.
local function new(streams)
  streams = streams or { out = io.stdout, err = io.stderr, terminal = core.isatty(2),
    drawing = core.isatty(1),
    answer = core.isatty(0) and core.isatty(2) and function() return io.read("l") end or nil }
  return setmetatable({
    out = streams.out,
    err = streams.err,
    terminal = streams.terminal or false, -- standard error is one
    drawing = streams.drawing or false,   -- standard output is one
    answer = streams.answer, -- reads a line of the user's; nil where there is nobody to ask
    verbose = false,
  }, Console)
end

-- How a report is to look, by the options given and by what can be shown where results go.
function Console:style(values)
  local locale = os.getenv "LC_ALL" or os.getenv "LC_CTYPE" or os.getenv "LANG" or ""
  return {
    blocks = self.drawing and locale:lower():find("utf%-?8") ~= nil,
    statements = values.report_per_command,
  }
end

local BROKEN_PIPE = 32

-- Where nobody reads any more, nothing is lost. Why else it could not be written is kept in the
-- field unwritten, to be told in the end.
function Console:result(words)
  local _, message, number = self.out:write(words)
  if not message then _, message, number = self.out:flush() end
  if message and number ~= BROKEN_PIPE then self.unwritten = message end
end

function Console:say(words)
  self.err:write(words)
  self.err:flush()
end

-- What shows how a run stands, as trial/progress has it; nil if the run is to be quiet.
function Console:meter(settings)
  if settings.quiet then return nil end
  return progress.new {
    write = function(words) self:say(words) end,
    terminal = self.terminal,
    columns = function() return core.columns(2) end,
    every = settings.progress,
  }
end

-- What went wrong, and what to do about it. Returns the exit status of commands that could not
-- start.
function Console:problem(message, info)
  self:say(("bigdata: %s\n"):format(message))
  local hint = info and info.hint or ""
  if hint ~= "" then self:say(("hint: %s\n"):format(hint)) end
  if self.verbose and info and info.traceback then self:say(info.traceback .. "\n") end
  return 1
end

return { new = new }
