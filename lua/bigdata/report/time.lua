-- report/time.lua - the part of a report that says how long things took, where the time went, what
-- the server was doing, and the verdict. Pure: tables in, lists of lines out.

local figures = require "bigdata.result.figures"
local sighting = require "bigdata.result.sighting"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local verdict = require "bigdata.verdict"

local report_time = {}

local NAME = 12 -- the least room for a step's name
local BAR = 24
local WIDTH = 80
local LEAST_SHOWN = 0.005 -- of the time

-- The room that the names of the steps take.
local function room_of(result)
  local room = NAME
  for _, step in ipairs(result.steps) do room = math.max(room, text.width(step.name)) end
  return room
end

local function padded(name, room)
  return name .. (" "):rep(room - text.width(name))
end

--- Latencies.

local LATENCY = " %8s %8s %9s %9s %9s %9s %9s" -- 80 columns with the name

local milliseconds, percent = text.milliseconds, text.percent

local function latency_line(name, l)
  return name .. LATENCY:format(milliseconds(l.mean_seconds), milliseconds(l.deviation_seconds),
    milliseconds(l.p50_seconds), milliseconds(l.p95_seconds), milliseconds(l.p99_seconds),
    milliseconds(l.p999_seconds), milliseconds(l.max_seconds))
end

function report_time.latencies(result)
  local lines, room = {}, room_of(result)
  for _, step in ipairs(result.steps) do
    if step.latency then
      lines[#lines + 1] = latency_line(padded(step.name, room), step.latency)
    end
    if step.latency and step.schedule then -- without the lag
      lines[#lines + 1] = latency_line(padded("  service", room), step.schedule.service)
    end
  end
  if #lines == 0 then return lines end
  table.insert(lines, 1, padded("latency, ms", room) .. LATENCY:format("mean", "stddev", "p50",
    "p95", "p99", "p99.9", "max"))
  return lines
end

-- A line for each step of which cells_of(step, amount) makes cells, under the title and the head:
-- amount are its rows, or its records where it has none.
local function lines_per_row(result, title, head, cells_of)
  local lines, without, room = {}, {}, room_of(result)
  for _, step in ipairs(result.steps) do
    local amount = step.rows > 0 and step.rows or step.records
    local cells = amount > 0 and cells_of(step, amount) or nil
    if cells then lines[#lines + 1] = padded(step.name, room) .. cells end
    if cells and step.rows == 0 then without[#without + 1] = step.name end
  end
  if #lines > 0 then table.insert(lines, 1, padded(title, room) .. head) end
  if #without > 0 then
    lines[#lines + 1] = "for each record, where there are no rows: " .. table.concat(without, ", ")
  end
  return lines
end

local CPU = " %8s %8s %8s %8s %15s %15s" -- 80 columns with the name

-- The kernel knows how long a thread ran, but whether for the program or in the kernel only by its
-- ticks, of which there are 100 to 1000 a second: of less time than this it cannot tell.
local LEAST_SPLIT_SECONDS = 0.1

-- What the steps took of this machine and the network.
function report_time.cpu(result)
  local head = CPU:format("total", "user", "system", "feeder", "busiest thread", "round trips/row")
  return lines_per_row(result, "CPU, us/row", head, function(step, amount)
    if not step.feeder_cpu_seconds then return nil end
    local function us(seconds) return ("%.2f"):format(1e6 * seconds / amount) end
    local cpu_seconds = step.cpu_user_seconds + step.cpu_system_seconds
    local function part(seconds)
      return cpu_seconds < LEAST_SPLIT_SECONDS and "-" or us(seconds)
    end
    return CPU:format(us(cpu_seconds), part(step.cpu_user_seconds),
      part(step.cpu_system_seconds), us(step.feeder_cpu_seconds), percent(figures.busiest(step)),
      step.round_trips and ("%.2f"):format(step.round_trips / amount) or "-")
  end)
end

local TRAFFIC = " %9s %9s"

-- What the connections carried.
function report_time.traffic(result)
  return lines_per_row(result, "bytes/row", TRAFFIC:format("sent", "received"),
    function(step, amount)
      return step.sent_bytes and TRAFFIC:format(text.count(step.sent_bytes / amount),
        text.count(step.received_bytes / amount))
    end)
end

-- Latencies and rates under the names that pgbench gives to them.
function report_time.pgbench(result)
  local lines = {}
  for _, step in ipairs(result.steps) do
    local l = step.latency
    if l and step.seconds > 0 then
      lines[#lines + 1] = ("%s: latency average = %.3f ms, latency stddev = %.3f ms, tps = %.1f")
        :format(step.name, 1000 * l.mean_seconds, 1000 * l.deviation_seconds,
        l.count / step.seconds)
    end
  end
  if #lines > 0 and result.connect_seconds then
    lines[#lines + 1] = ("initial connection time = %.3f ms"):format(
      1000 * result.connect_seconds)
  end
  return lines
end

local STATEMENT = "%30s %9s %9s %9s %9s %9s"

-- A statement on one line, cut to its room.
local function one_line(sql)
  local line = text.statement(sql)
  local room = WIDTH - 2
  return #line <= room and line or line:sub(1, room - 3) .. "..."
end

-- How long each statement took.
function report_time.statements(result)
  local lines = {}
  for _, step in ipairs(result.steps) do
    for i, l in ipairs(step.statement_latencies or {}) do
      if i == 1 then
        local title = ("statements of %s, ms"):format(step.name)
        local head = STATEMENT:format("count", "mean", "stddev", "p50", "p99", "max")
        if text.width(title) < head:find "%S" - 1 then
          lines[#lines + 1] = title .. head:sub(text.width(title) + 1)
        else
          tables.append(lines, { title, head })
        end
      end
      lines[#lines + 1] = "  " .. one_line(l.sql)
      lines[#lines + 1] = STATEMENT:format(text.count(l.count), milliseconds(l.mean_seconds),
        milliseconds(l.deviation_seconds), milliseconds(l.p50_seconds),
        milliseconds(l.p99_seconds), milliseconds(l.max_seconds))
    end
    if step.untimed_statements then
      lines[#lines + 1] = ("  no times were kept of %s further executions: at most %d statements "
        .. "are told apart"):format(text.count(step.untimed_statements), #step.statement_latencies)
    end
  end
  return lines
end

--- Bars.

local BLOCKS = { "█", "▓", "▒", "░", "·" }
local PLAIN = { "#", "+", "=", "-", "." }

-- A bar of parts { share=, mark= }, which take up as much of it as they are of the whole.
local function bar(parts, marks)
  local drawn, at, sum = {}, 0, 0
  for _, part in ipairs(parts) do
    sum = sum + part.share
    local to = math.floor(BAR * sum + 0.5)
    drawn[#drawn + 1] = marks[part.mark]:rep(to - at)
    at = to
  end
  return table.concat(drawn) .. (" "):rep(BAR - at)
end

-- A line of a bar: its name, the bar, and as many of its parts in words as there is room for, but
-- at least the first.
local function bar_line(name, parts, marks)
  local line = ("%s %s  "):format(name, bar(parts, marks))
  local room, said = WIDTH - text.width(name) - BAR - 3, {}
  local words = {}
  for _, part in ipairs(parts) do
    if part.share >= LEAST_SHOWN then words[#words + 1] = part end
  end
  table.sort(words, function(a, b)
    if a.share ~= b.share then return a.share > b.share end
    return a.mark < b.mark
  end)
  for _, part in ipairs(words) do
    local more = ("%s %s"):format(part.word, percent(part.share))
    if #said > 0 and #table.concat(said, ", ") + 2 + #more > room then break end
    said[#said + 1] = more
  end
  return line .. table.concat(said, ", ")
end

local STATES = { "client", "turn", "send", "server", "source" }

-- Where the workers' time went, a bar for each step. blocks: draw with block characters.
function report_time.shares(result, blocks)
  local marks, lines, room = blocks and BLOCKS or PLAIN, {}, room_of(result)
  for _, step in ipairs(result.steps) do
    local all = step.seconds * result.settings.poolsize
    if step.worker_seconds and all > 0 then
      local parts = {}
      for i, state in ipairs(STATES) do
        local share = step.worker_seconds[state] / all
        local lua = state == "client" and step.worker_seconds.lua / all or 0
        parts[i] = {
          share = share, mark = i,
          word = lua >= LEAST_SHOWN and ("client (lua %s)"):format(percent(lua)) or state,
        }
      end
      lines[#lines + 1] = bar_line(padded(step.name, room), parts, marks)
    end
  end
  if #lines > 0 then
    local legend = {}
    for i, state in ipairs(STATES) do legend[i] = marks[i] .. " " .. state end
    table.insert(lines, 1, ("where the workers' time went (%s)"):format(
      table.concat(legend, "  ")))
  end
  return lines
end

local IDLE = sighting.IDLE

-- The states by the words for them, idle last.
local function merged(states)
  local parts, named = {}, {}
  for _, seen in ipairs(states) do
    local word = sighting.word(seen, seen.wait_event)
    if not named[word] then
      named[word] = { word = word, share = 0 }
      parts[#parts + 1] = named[word]
    end
    named[word].share = named[word].share + seen.share
  end
  table.sort(parts, function(a, b)
    if (a.word == IDLE) ~= (b.word == IDLE) then return b.word == IDLE end
    if a.share ~= b.share then return a.share > b.share end
    return a.word < b.word
  end)
  for i, part in ipairs(parts) do
    part.mark = part.word == IDLE and #PLAIN or math.min(i, #PLAIN - 1)
  end
  return parts
end

-- What the server's backends were doing, a bar for each step.
function report_time.server(result, blocks)
  local marks, lines, room = blocks and BLOCKS or PLAIN, {}, room_of(result)
  local missing = {}
  for _, step in ipairs(result.steps) do
    local server = step.server or { missing = {} }
    if server.states then
      lines[#lines + 1] = bar_line(padded(step.name, room), merged(server.states), marks)
    end
    for _, one in ipairs(server.missing) do
      local line = ("not seen: %s: %s"):format(one.what, one.why)
      if not missing[line] then missing[#missing + 1], missing[line] = line, true end
    end
  end
  if #lines > 0 then table.insert(lines, 1, "what the server was doing for them") end
  return tables.append(lines, missing)
end

--- The verdict.

local function wrapped(lines, indent, words, hang)
  hang = indent .. (hang or "")
  lines[#lines + 1] = indent .. text.wrap(text.words(words), WIDTH - #hang, hang)
end

-- What would be gained if the cause were gone; nil if that is little.
function report_time.gain(cause)
  if cause.gain < 1.05 then return nil end
  return ("without that: at most %s times as fast"):format(
    cause.gain >= 20 and ("%.0f"):format(cause.gain) or ("%.1f"):format(cause.gain))
end

-- What bound each step, with its evidence.
function report_time.verdicts(result)
  local lines = {}
  for _, step in ipairs(result.steps) do
    local judged = step.verdict or { causes = {} }
    if judged.why then
      lines[#lines + 1] = ("verdict on %s: none, %s"):format(step.name, judged.why)
    end
    if judged.warning then wrapped(lines, "", step.name .. ": " .. judged.warning, "  ") end
    for i, cause in ipairs(judged.causes) do
      local which = i == 1 and "verdict on" or "and on"
      lines[#lines + 1] = ("%s %s: %s"):format(which, step.name, verdict.name(cause.cause))
      for _, line in ipairs(cause.evidence) do wrapped(lines, "  ", line, "  ") end
      local gain = report_time.gain(cause)
      if gain then lines[#lines + 1] = "  " .. gain end
      for _, line in ipairs(cause.next) do lines[#lines + 1] = "  try: " .. line end
    end
  end
  return lines
end

return report_time
