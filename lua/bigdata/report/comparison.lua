-- report/comparison.lua - comparisons as text: a line for each, with what it is compared with and
-- what that says. Pure.

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
  local comparison = line.comparison
  return {
    line.label,
    comparison.ratio and factor(comparison.ratio) or "-",
    comparison.low and factor(comparison.low) .. ".." .. factor(comparison.high) or "-",
    comparison.smallest and percent(comparison.smallest) or "-",
    comparison.words,
  }
end

local COLUMNS = { { left = true }, {}, {}, {}, { left = true } }

-- The lines. sections: a list of { title=, { label=, comparison= as of comparison.of }, ... };
-- corner: the title of the labels.
function comparison_report.lines(sections, corner)
  local rows = { { corner, "ratio", "95 % interval", "could show", "" } }
  for _, section in ipairs(sections) do
    rows[#rows + 1] = section.title
    for _, line in ipairs(section) do rows[#rows + 1] = comparison_report.cells(line) end
  end
  return table_text.lines(rows, COLUMNS, "  ")
end

-- What the columns mean: a list of lines.
comparison_report.NOTES = {
  "ratio: to the one compared with; 95 of 100 such intervals hold the true one",
  "could show: the smallest difference that these runs would have shown",
}

return comparison_report
