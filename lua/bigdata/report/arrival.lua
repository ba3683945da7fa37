-- report/arrival.lua - the proof of arrival in words. Pure: a table in, a string out.

local text = require "bigdata.text"

local arrival_report = {}

local function rows(count)
  return text.plural(count, "row")
end

-- "10 rows", or between which numbers it is.
local function amount(item)
  if item.doubtful == 0 then return rows(item.rows) end
  return ("at least %s, at most %s, of which %s came"):format(text.count(item.rows),
    rows(item.rows + item.doubtful), text.count(item.found))
end

local function without(item)
  if item.counted or #item.left_out == 0 then return "" end
  return (", without %s"):format(table.concat(item.left_out, ", "))
end

local function describe(item)
  local how = item.counted and ("only counted: %s"):format(item.counted)
    or "checksum " .. item.checksum
  return ("%s %s, %s%s"):format(item.table, amount(item), how, without(item))
end

-- What is wrong with a table, as a sentence.
function arrival_report.problem(item)
  local sentence = ("%s: %s acknowledged, but %s came"):format(item.table,
    item.doubtful == 0 and rows(item.rows) .. (item.rows == 1 and " was" or " were")
      or ("%s to %s were"):format(text.count(item.rows), rows(item.rows + item.doubtful)),
    text.count(item.found))
  local first = item.difference
  if not first.group then return sentence end
  return ("%s; the first group that differs is number %d, by the hash of %s: %s acknowledged, %s "
    .. "came%s"):format(sentence, first.group, first.column, rows(first.acknowledged),
    text.count(first.found), first.acknowledged == first.found and ", with other values" or "")
end

-- The line of a step: what arrived, what did not, or why that is not known.
function arrival_report.line(step)
  local result = step.arrival
  if result.why then return ("%s: not verified: %s"):format(step.name, result.why) end
  if #result.tables == 0 then return ("%s: no rows to verify"):format(step.name) end
  local words = {}
  for i, item in ipairs(result.tables) do
    words[i] = item.difference and "NOT as acknowledged: " .. arrival_report.problem(item)
      or describe(item)
  end
  return ("%s: arrived: %s"):format(step.name, table.concat(words, "; "))
end

return arrival_report
