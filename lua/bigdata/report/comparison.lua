-- report/comparison.lua - comparisons as text: a line for each, under what it is found to be.
-- Pure.

local comparison = require "bigdata.statistics.comparison"
local table_text = require "bigdata.report.table"

local comparison_report = {}

local function percent(share)
  if share >= 10 then return ("%.0f times"):format(share + 1) end
  return (share < 0.0995 and "%.1f %%" or "%.0f %%"):format(share * 100)
end

local function factor(ratio)
  if ratio >= 100 then return ("%.0f"):format(ratio) end
  return (ratio >= 10 and "%.1f" or ratio >= 0.1 and "%.2f" or "%.3f"):format(ratio)
end

comparison_report.percent, comparison_report.factor = percent, factor

-- A line's cells: of { label=, comparison= }.
function comparison_report.cells(line)
  local found = line.comparison
  return {
    line.label,
    found.ratio and factor(found.ratio) or "-",
    found.low and factor(found.low) .. ".." .. factor(found.high) or "-",
    found.smallest and percent(found.smallest) or "-",
  }
end

local COLUMNS = { { left = true }, {}, {}, {} }

-- The lines of a section, the best first.
local function ranked(section)
  local list = table.move(section, 1, #section, 1, {})
  table.sort(list, function(a, b)
    local one, other = a.comparison.ratio, b.comparison.ratio
    if one == other then return a.label < b.label end
    if section.cost then one, other = other, one end
    return one > other
  end)
  return list
end

-- Groups of a section's lines: { words= the finding, lines ... }.
function comparison_report.by_finding(section)
  local groups = {}
  for _, words in ipairs(comparison.FINDINGS) do
    local group = { words = words }
    for _, line in ipairs(ranked(section)) do
      if line.comparison.words == words then group[#group + 1] = line end
    end
    if #group > 0 then groups[#groups + 1] = group end
  end
  return groups
end

-- The lines. sections: a list of { title=, cost= whether less is better, { label=, comparison= as
-- of comparison.of }, ... }.
function comparison_report.lines(sections)
  local rows = { { "", "ratio", "95 % interval", "could show" } }
  for _, section in ipairs(sections) do
    rows[#rows + 1] = section.title
    for _, group in ipairs(comparison_report.by_finding(section)) do
      rows[#rows + 1] = "  " .. group.words
      for _, line in ipairs(group) do rows[#rows + 1] = comparison_report.cells(line) end
    end
  end
  return table_text.lines(rows, COLUMNS, "    ")
end

-- What the columns mean: a list of lines.
comparison_report.NOTES = {
  "ratio: to the one compared with; 95 of 100 such intervals hold the true one",
  "could show: the smallest difference that these runs would have shown",
}

return comparison_report
