-- page/init.lua - a sweep's result as one page of HTML, which needs nothing else: no network, and
-- no script to be read. Pure: a table in, a string out.

local comparison_report = require "bigdata.report.comparison"
local core_version = require "bigdata.core".version
local html = require "bigdata.page.html"
local options = require "bigdata.cli.options"
local pictures = require "bigdata.page.pictures"
local plot = require "bigdata.page.plot"
local settings = require "bigdata.scenario.settings"
local style = require "bigdata.page.style"
local sweep_comparison = require "bigdata.sweep.comparison"
local text = require "bigdata.text"
local trials = require "bigdata.report.trials"
local words = require "bigdata.page.words"

local page = {}

local element = html.element

local function paragraphs(sentences)
  local parts = {}
  for i, sentence in ipairs(sentences) do parts[i] = html.text("p", {}, sentence) end
  return table.concat(parts, "\n")
end

local function answer(result)
  local parts = { element("div", { class = "answer" }, paragraphs(words.answer(result))) }
  local warnings = words.warnings(result)
  if #warnings > 0 then
    parts[2] = element("div", { class = "warning" }, paragraphs(warnings))
  end
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
    picture.notes and html.text("p", { class = "notes" }, picture.notes) or "",
    element("details", {}, html.text("summary", {}, "the table behind it")
      .. html.rows(picture.rows, picture.numbers)),
  }, "\n"))
end

-- The table that the report in the terminal has.
local function trials_section(result)
  local rows, columns = trials.table_of(result)
  local numbers = {}
  for n, column in ipairs(columns) do numbers[n] = not column.left end
  return element("section", {}, html.text("h2", {}, "the trials") .. html.rows(rows, numbers)
    .. element("div", { class = "notes" }, paragraphs(trials.notes(result))))
end

local function comparison_section(result)
  if result.repeats < 2 or #result.trials < 2 then return "" end
  local sections = sweep_comparison.sections(result)
  if #sections == 0 then return "" end
  local parts = { html.text("h2", {}, "compared with " .. sweep_comparison.base(result)) }
  for _, section in ipairs(sections) do
    local rows = { { section.title, "ratio", "95 % interval", "could show" } }
    for _, group in ipairs(comparison_report.by_finding(section)) do
      rows[#rows + 1] = group.words
      for _, line in ipairs(group) do rows[#rows + 1] = comparison_report.cells(line) end
    end
    parts[#parts + 1] = html.rows(rows, { false, true, true, true })
  end
  parts[#parts + 1] = paragraphs(comparison_report.NOTES)
  return element("section", {}, table.concat(parts, "\n"))
end

-- Names and values as a table; values that are tables themselves are left out.
local function facts(title, values)
  local rows = { { title, "" } }
  for _, name in ipairs(text.keys(values)) do
    if type(values[name]) ~= "table" then
      rows[#rows + 1] = { options.dashed(name), settings.shown(values[name]) }
    end
  end
  return #rows > 1 and html.rows(rows, { false, false }) or ""
end

local function first_run(result)
  for _, item in ipairs(result.trials) do
    if item.runs[1] and item.runs[1].server then return item.runs[1] end
  end
  return {}
end

local function circumstances(result)
  local run = first_run(result)
  local server = run.server or {}
  return element("section", {}, html.text("h2", {}, "settings and environment")
    .. html.text("p", { class = "soft" }, ("%s, measured %s by bigdata %s"):format(
      result.scenario, run.started or "at an unknown time", core_version))
    .. element("details", {}, html.text("summary", {}, "of the first run, of the machine, and of "
      .. "the server") .. facts("setting", run.settings or {}) .. facts("flag", run.flags or {})
      .. facts("machine", run.environment or {}) .. facts("server", server)
      .. facts("server setting", server.settings or {})))
end

local function glossary()
  local parts = {}
  for i, entry in ipairs(words.GLOSSARY) do
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

-- The page of a sweep's result, or of a run as result_set.load makes one of it.
function page.text(result)
  local title = ("%s: %s"):format(result.name, result.summary or result.scenario)
  local parts = { HEAD:format(html.escape(title), style.CSS), html.text("h1", {}, result.name),
    html.text("p", { class = "soft" }, result.summary or ""), answer(result) }
  parts[#parts + 1] = trials_section(result)
  for _, picture in ipairs(pictures.of(result)) do parts[#parts + 1] = picture_section(picture) end
  parts[#parts + 1] = comparison_section(result)
  parts[#parts + 1] = circumstances(result)
  parts[#parts + 1] = glossary()
  parts[#parts + 1] = element("script", {}, "\n" .. style.SCRIPT)
  parts[#parts + 1] = "</body>\n</html>\n"
  return table.concat(parts, "\n")
end

return page
