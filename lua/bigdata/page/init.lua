-- page/init.lua - a sweep's result as one page of HTML, which needs nothing else: no network, and
-- no script to be read. Pure: a table in, a string out.

local answer = require "bigdata.page.answer"
local circumstances = require "bigdata.page.circumstances"
local comparison_report = require "bigdata.report.comparison"
local glossary = require "bigdata.page.glossary"
local html = require "bigdata.page.html"
local pictures = require "bigdata.page.pictures"
local plot = require "bigdata.page.plot"
local style = require "bigdata.page.style"
local sweep_comparison = require "bigdata.sweep.comparison"
local trials = require "bigdata.report.trials"
local verdicts = require "bigdata.page.verdicts"
local warnings = require "bigdata.page.warnings"

local page = {}

local element = html.element

local function paragraphs(sentences)
  local parts = {}
  for i, sentence in ipairs(sentences) do parts[i] = html.text("p", {}, sentence) end
  return table.concat(parts, "\n")
end

local function heading(result)
  local parts = {
    html.text("h1", {}, result.name), html.text("p", { class = "soft" }, result.summary or ""),
    element("div", { class = "answer" }, paragraphs(answer.sentences(result))),
  }
  local found = warnings.sentences(result)
  if #found > 0 then parts[4] = element("div", { class = "warning" }, paragraphs(found)) end
  return table.concat(parts, "\n")
end

local function picture_section(picture)
  local legend = ""
  if picture.legend then
    legend = plot.legend(picture.legend, picture.direct and "legend narrow" or "legend")
  end
  return element("section", {}, table.concat({
    html.text("h2", {}, picture.title), html.text("p", { class = "about" }, picture.about), legend,
    element("div", { class = "picture" }, picture.html),
    element("details", {}, html.text("summary", {}, "the table behind it")
      .. html.rows(picture.rows, picture.numbers)),
  }, "\n"))
end

local function picture_sections(list)
  local parts = {}
  for i, picture in ipairs(list) do parts[i] = picture_section(picture) end
  return table.concat(parts, "\n")
end

-- The table that the report in the terminal has.
local function trials_section(result)
  local rows, columns = trials.table_of(result)
  local numbers = {}
  for n, column in ipairs(columns) do numbers[n] = not column.left end
  return element("section", {}, html.text("h2", {}, "the trials") .. html.rows(rows, numbers)
    .. element("div", { class = "notes" }, paragraphs(trials.notes(result))))
end

-- More lines than these are shown when they are asked for.
local MOST_LINES = 12

-- A section of the comparison, under how many lines are found to be what.
local function comparison_table(section)
  local rows, counts = { { "", "ratio", "95 % interval", "could show" } }, {}
  for i, group in ipairs(comparison_report.by_finding(section)) do
    counts[i] = ("%d %s"):format(#group, group.words)
    rows[#rows + 1] = group.words
    for _, line in ipairs(group) do rows[#rows + 1] = comparison_report.cells(line) end
  end
  return element("details", { open = #section <= MOST_LINES and "open" or nil },
    html.text("summary", {}, ("%s: %s"):format(section.title, table.concat(counts, ", ")))
    .. html.rows(rows, { false, true, true, true }))
end

local function comparison_section(result)
  if result.repeats < 2 or #result.trials < 2 then return "" end
  local sections = sweep_comparison.sections(result)
  if #sections == 0 then return "" end
  local parts = { html.text("h2", {}, "compared with " .. sweep_comparison.base(result)) }
  for _, section in ipairs(sections) do parts[#parts + 1] = comparison_table(section) end
  parts[#parts + 1] = element("div", { class = "notes" }, paragraphs(comparison_report.NOTES))
  return element("section", {}, table.concat(parts, "\n"))
end

local function glossary_section()
  local parts = {}
  for i, entry in ipairs(glossary) do
    parts[i] = html.text("dt", {}, entry[1]) .. html.text("dd", {}, entry[2])
  end
  return element("section", {}, html.text("h2", {}, "what the words mean")
    .. element("dl", {}, table.concat(parts, "\n")))
end

local HEAD = [[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>%s</title>
<style>
%s</style>
</head>
<body>
]]

-- The page of a sweep's result, or of a run as result_set.load makes one of it: what was found, how
-- much and how long, why, and how it was measured.
function page.text(result)
  local title = ("%s: %s"):format(result.name, result.summary or result.scenario)
  return HEAD:format(html.escape(title), style.CSS) .. table.concat({
    heading(result),
    picture_sections(pictures.of_rates(result)), trials_section(result),
    comparison_section(result), picture_sections(pictures.of_latencies(result)),
    verdicts.section(result), picture_sections(pictures.of_time(result)),
    circumstances.section(result), glossary_section(),
    element("script", {}, "\n" .. style.SCRIPT), "</body>\n</html>\n",
  }, "\n")
end

return page
