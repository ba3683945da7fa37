-- text.lua - how names, numbers and times are compared and written. Knows nothing of the rest.

local text = {}

-- How many letters must be added, dropped, replaced or swapped to turn one word into the other.
local function distance(from, to)
  local rows = { [0] = {} }
  for j = 0, #to do rows[0][j] = j end
  for i = 1, #from do
    rows[i] = { [0] = i }
    for j = 1, #to do
      local same = from:byte(i) == to:byte(j)
      local best = math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1,
        rows[i - 1][j - 1] + (same and 0 or 1))
      local swapped = i > 1 and j > 1 and from:byte(i) == to:byte(j - 1)
        and from:byte(i - 1) == to:byte(j)
      if swapped then best = math.min(best, rows[i - 2][j - 2] + 1) end
      rows[i][j] = best
    end
  end
  return rows[#from][#to]
end

local function plain(name)
  return (name:lower():gsub("_", "-"))
end

-- The one of `names` that was probably meant by `name`; nil if none is near.
function text.near(name, names)
  if type(name) ~= "string" or #name > 64 then return nil end
  local allowed = math.max(1, #name // 3)
  local nearest
  for _, candidate in ipairs(names) do
    local apart = distance(plain(name), plain(candidate))
    if apart <= allowed and apart < #candidate then
      allowed = apart - 1
      nearest = candidate
    end
  end
  return nearest
end

-- The end of a message about an unknown name: "; did you mean poolsize?", or "".
function text.suggest(name, names)
  local nearest = text.near(name, names)
  return nearest and ("; did you mean %s?"):format(nearest) or ""
end

-- The keys of a table, in order.
function text.keys(set)
  local keys = {}
  for key in pairs(set) do keys[#keys + 1] = tostring(key) end
  table.sort(keys)
  return keys
end

-- { "a", "b", "c" } as "a, b or c".
function text.either(words)
  if #words < 2 then return words[1] or "" end
  return table.concat(words, ", ", 1, #words - 1) .. " or " .. words[#words]
end

-- Seconds as milliseconds with three digits or so.
function text.milliseconds(seconds)
  local ms = 1000 * seconds
  if ms >= 100 then return text.count(ms) end
  return (ms >= 10 and "%.1f" or ms >= 1 and "%.2f" or "%.3f"):format(ms)
end

-- "1 record", "2 records".
function text.plural(count, noun)
  return ("%s %s%s"):format(text.count(count), noun, count == 1 and "" or "s")
end

-- A whole number, its thousands set apart by commas: 1,234,567.
function text.count(number)
  local sign, digits = ("%.0f"):format(number):match("^(-?)(%d+)$")
  if not digits then return tostring(number) end
  return sign .. digits:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
end

-- Seconds for a table: two places below a minute's worth of digits, with thousands.
function text.seconds(seconds)
  local whole, rest = ("%.2f"):format(seconds):match("^(%d+)(%.%d+)$")
  return text.count(tonumber(whole)) .. rest
end

-- Seconds as a clock: 0:07, 12:34, 1:02:03.
function text.clock(seconds)
  local all = math.floor(seconds + 0.5)
  local hours, minutes = all // 3600, all // 60 % 60
  if hours > 0 then return ("%d:%02d:%02d"):format(hours, minutes, all % 60) end
  return ("%d:%02d"):format(minutes, all % 60)
end

-- Bytes in the unit that reads best: 317 bytes, 4.2 kB, 1.3 GB.
function text.bytes(bytes)
  if bytes < 1000 then return ("%.0f bytes"):format(bytes) end
  for _, unit in ipairs { "kB", "MB", "GB" } do
    bytes = bytes / 1000
    if bytes < 999.95 or unit == "GB" then return ("%.1f %s"):format(bytes, unit) end
  end
end

-- Put `indent` before each line but the first.
function text.hang(lines, indent)
  return (lines:gsub("\n", "\n" .. indent))
end

-- A statement on one line, for messages.
function text.statement(sql)
  return (sql:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

-- The words of a text.
function text.words(words)
  local list = {}
  for word in words:gmatch("%S+") do list[#list + 1] = word end
  return list
end

-- Put a list of words on lines of at most `width` characters; lines but the first begin with
-- `indent`, which does not count.
function text.wrap(words, width, indent)
  local lines, line = {}, nil
  for _, word in ipairs(words) do
    if line and #line + 1 + #word <= width then
      line = line .. " " .. word
    else
      lines[#lines + 1] = line
      line = word
    end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n" .. indent)
end

return text
