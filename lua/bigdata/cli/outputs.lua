-- cli/outputs.lua - the files that a run is asked to write: --json, --csv, --html, --histogram and
-- --log.

local commands = require "bigdata.cli.commands"
local hdr = require "bigdata.result.hdr"
local interval_log = require "bigdata.trial.interval_log"
local options = require "bigdata.cli.options"
local output = require "bigdata.result.output"
local page = require "bigdata.page"
local result_csv = require "bigdata.result.csv"
local result_file = require "bigdata.result.file"
local result_set = require "bigdata.result.set"

local outputs = {}

local Outputs = {}
Outputs.__index = Outputs

local WRITTEN_AFTER = { "json", "csv", "html" }

-- Two outputs cannot go to the same place: what is wrong, or nil.
local function conflict(settings)
  local taken = {}
  for _, name in ipairs(options.FILES) do
    local path = settings[name]
    if path and taken[path] then
      return ("--%s and --%s cannot both go to %s"):format(taken[path], name,
        path == "-" and "standard output" or path)
    end
    if path then taken[path] = name end
  end
end

-- A file for the latencies of each step: true, or nil, message.
local function open_histograms(self, path, scenario)
  if not scenario then
    return nil, "--histogram: a sweep or a search has many runs; --json has the quantiles of each"
  end
  for i, step in ipairs(scenario.steps) do
    local name = hdr.path(path, step.name, #scenario.steps == 1)
    local file, message = output.open("histogram", name, function(words) self.out:result(words) end)
    if not file then return nil, message end
    self.histograms[i] = file
  end
  return true
end

local function page_text(document)
  return page.text(result_set.of_document(document))
end

local function open(settings, out, scenario)
  local self = setmetatable({ settings = settings, out = out, files = {}, histograms = {} },
    Outputs)
  local wrong = conflict(settings)
  if wrong then return nil, wrong, self end
  for _, name in ipairs(WRITTEN_AFTER) do
    local path = settings[name]
    if path == "-" then self.on_standard_output = name end
    if path then
      local file, message = output.open(name, path, function(words) out:result(words) end)
      if not file then return nil, message, self end
      self.files[name] = file
    end
  end
  if settings.histogram then
    local good, message = open_histograms(self, settings.histogram, scenario)
    if not good then return nil, message, self end
  end
  if settings.log then
    local good, message = output.open("log", settings.log)
    if not good then return nil, message, self end
    self.log = assert(io.open(settings.log, "w"))
  end
  return self
end

-- See that all files can be written, before anything is run: nil, message if not.
-- settings: as of the command line; out: the console; scenario: nil for a sweep.
function outputs.open(settings, out, scenario)
  local self, message, begun = open(settings, out, scenario)
  if not self then begun:drop() end
  return self, message
end

-- Show the report: where results go, unless a file goes there.
function Outputs:show(text)
  if self.on_standard_output then self.out:say(text) else self.out:result(text) end
end

local function both(first, second)
  return function(...)
    first(...)
    second(...)
  end
end

-- A watch whose update is called more often than it wants to be, but for the call at a step's end.
local function slowed(watch, every)
  local times, calls = math.floor(watch.every / every + 0.5), 0
  return setmetatable({
    update = function(p)
      calls = p.ended and 0 or calls + 1
      if calls % times == 0 then watch.update(p) end
    end,
  }, { __index = watch })
end

-- What a trial tells: to the meter's functions (nil for none), and to the log, each as often as it
-- wants to know; of two intervals one is a multiple of the other.
function Outputs:watch(meter)
  if not self.log then return meter end
  self.lines = interval_log.new(self.log, self.settings.progress or 1)
  local log = self.lines:watch()
  if not meter then return log end
  local watch = { every = math.min(log.every, meter.every) }
  local slow_meter, slow_log = slowed(meter, watch.every), slowed(log, watch.every)
  for name in pairs(meter) do
    if name ~= "every" then
      watch[name] = log[name] and both(slow_meter[name], slow_log[name]) or meter[name]
    end
  end
  return watch
end

-- True, or nil, message: what could not be written.
local function close_log(self)
  local file = self.log
  self.log = nil
  if not file then return true end
  local _, late = file:close()
  local message = self.lines and self.lines.problem or late
  if not message then return true end
  return nil, ("--log: cannot write to %s: %s"):format(self.settings.log, message)
end

-- Write what there is of a sweep's document while it goes on, in case it does not come to its end:
-- true, or nil, message.
function Outputs:keep(document)
  if not self.files.json or self.on_standard_output == "json" then return true end
  return self.files.json:write(result_file.text(document))
end

-- True, or nil, message.
local function write_histograms(self, result)
  for i, file in ipairs(self.histograms) do
    local latency = result.steps[i] and result.steps[i].latency
    if latency then
      local good, message = file:write(hdr.text(latency))
      if not good then return nil, message end
    else
      file:drop()
    end
  end
  return true
end

-- True, or nil, message.
local function write(self, document, results)
  local logged, problem = close_log(self)
  local texts = { json = result_file.text, csv = result_csv.text, html = page_text }
  local given = { json = document, csv = results, html = document }
  for _, name in ipairs(WRITTEN_AFTER) do
    if self.files[name] then
      local good, message = self.files[name]:write(texts[name](given[name]))
      if not good then return nil, message end
    end
  end
  local good, message = write_histograms(self, results[1])
  return logged and good, problem or message
end

-- Write the result's document, and the results in it, one or, of a sweep, many: the exit status,
-- which is that of the run if it goes well.
function Outputs:finish(document, results)
  local good, message = write(self, document, results)
  if good then return commands.STATUS_OF[document.ended] end
  self.out:problem(message, { hint = "the result above is complete" })
  return commands.STATUS_OF.failed
end

-- There is no result.
function Outputs:drop()
  close_log(self)
  for _, file in pairs(self.files) do file:drop() end
  for _, file in ipairs(self.histograms) do file:drop() end
end

return outputs
