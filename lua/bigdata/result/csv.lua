-- result/csv.lua - results as a table for spreadsheets and plots: a line for each step.

local result_csv = {}

-- The columns, and where in a result ("trial" is the label of a sweep's trial), its settings or a
-- step their values stand. A dot leads into a table.
local COLUMNS = {
  { "result", "scenario" }, { "result", "trial" },
  { "settings", "engine" }, { "settings", "loop" }, { "settings", "lua_state" },
  { "settings", "poolsize" }, { "settings", "jobs" }, { "settings", "protocol" },
  { "settings", "autocommit" },
  { "step", "name", "step" }, { "step", "ended" },
  { "step", "records" }, { "step", "failed" }, { "step", "rows" }, { "step", "statements" },
  { "step", "seconds" }, { "step", "fed_seconds" }, { "step", "fed_rows" },
  { "step", "read_records" }, { "step", "read_bytes" },
  { "step", "sent_bytes" }, { "step", "received_bytes" },
  { "step", "queue_full_seconds" }, { "step", "queue_empty_seconds" },
  { "step", "turn_seconds" }, { "step", "cpu_user_seconds" }, { "step", "cpu_system_seconds" },
  { "step", "peak_bytes" }, { "step", "rejects" },
  { "step", "worker_seconds.source", "worker_source_seconds" },
  { "step", "worker_seconds.client", "worker_client_seconds" },
  { "step", "worker_seconds.send", "worker_send_seconds" },
  { "step", "worker_seconds.server", "worker_server_seconds" },
  { "step", "worker_seconds.turn", "worker_turn_seconds" },
  { "step", "worker_seconds.lua", "worker_lua_seconds" },
  { "step", "worker_seconds.lock", "worker_lock_seconds" },
  { "step", "latency.mean_seconds", "latency_mean_seconds" },
  { "step", "latency.deviation_seconds", "latency_deviation_seconds" },
  { "step", "latency.min_seconds", "latency_min_seconds" },
  { "step", "latency.p50_seconds", "latency_p50_seconds" },
  { "step", "latency.p90_seconds", "latency_p90_seconds" },
  { "step", "latency.p95_seconds", "latency_p95_seconds" },
  { "step", "latency.p99_seconds", "latency_p99_seconds" },
  { "step", "latency.p999_seconds", "latency_p999_seconds" },
  { "step", "latency.max_seconds", "latency_max_seconds" },
  { "step", "server.wal_bytes", "server_wal_bytes" },
  { "step", "server.cpu_seconds.backends", "server_backends_cpu_seconds" },
  { "step", "verdict.causes.1.cause", "verdict" },
}

local function field(value)
  if value == nil then return "" end
  if math.type(value) == "float" then return ("%.17g"):format(value) end
  local shown = tostring(value)
  if shown:find('[",\r\n]') then return '"' .. shown:gsub('"', '""') .. '"' end
  return shown
end

local function find(place, path)
  for key in path:gmatch("[^.]+") do
    if type(place) ~= "table" then return nil end
    place = place[tonumber(key) or key]
  end
  return place
end

local function line_of(result, step)
  local places = { result = result, settings = result.settings or {}, step = step }
  local fields = {}
  for i, column in ipairs(COLUMNS) do fields[i] = field(find(places[column[1]], column[2])) end
  return table.concat(fields, ",")
end

-- The text: a header, and a line for each step of each result.
function result_csv.text(results)
  local names = {}
  for i, column in ipairs(COLUMNS) do names[i] = column[3] or column[2] end
  local lines = { table.concat(names, ",") }
  for _, result in ipairs(results) do
    for _, step in ipairs(result.steps) do lines[#lines + 1] = line_of(result, step) end
  end
  return table.concat(lines, "\n") .. "\n"
end

return result_csv
