-- text.lua - how names, numbers and times are written.

local core = require "bigdata.core"

local text = {}

-- The end of a message about an unknown name: "; did you mean poolsize?", or "".
function text.suggest(name, names)
  local nearest = core.near(tostring(name), names)
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

-- "an integer", "a table".
function text.article(noun)
  return (noun:find("^[aeiou]") and "an " or "a ") .. noun
end

-- Letters, not bytes.
function text.width(words)
  return utf8.len(words) or #words
end

-- A number with three digits or so.
function text.three_digits(number)
  if number >= 100 then return text.count(number) end
  return (number >= 10 and "%.1f" or number >= 1 and "%.2f" or "%.3f"):format(number)
end

-- Seconds as milliseconds likewise.
function text.milliseconds(seconds)
  return text.three_digits(1000 * seconds)
end

-- A whole number, its thousands set apart by commas: 1,234,567.
function text.count(number)
  local sign, digits = ("%.0f"):format(number):match("^(-?)(%d+)$")
  if not digits then return tostring(number) end
  return sign .. digits:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
end

-- So many a second: whole, but for what is slow, so that little is not shown as nothing.
function text.rate(number)
  return number > 0 and number < 10 and text.three_digits(number) or text.count(number)
end

-- "1 record", "2 records", "0.5 seconds".
function text.plural(number, noun)
  local shown = number % 1 == 0 and text.count(number) or ("%g"):format(number)
  return ("%s %s%s"):format(shown, noun, number == 1 and "" or "s")
end

-- Seconds for a table: two places below a minute's worth of digits, with thousands.
function text.seconds(seconds)
  local whole, rest = ("%.2f"):format(seconds):match("^(%d+)(%.%d+)$")
  return text.count(tonumber(whole)) .. rest
end

-- A part of a whole in percent.
function text.percent(share)
  return ("%.0f %%"):format(100 * share)
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
