-- page/html.lua - elements of HTML and SVG as text. Pure.

local html = {}

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

function html.escape(text)
  return (tostring(text):gsub('[&<>"]', ESCAPES))
end

local function number(value)
  return math.type(value) == "float" and ("%.2f"):format(value):gsub("%.?0+$", "") or value
end

local function attributes_text(attributes)
  local names, parts = {}, {}
  for name in pairs(attributes) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local value = attributes[name]
    parts[i] = (' %s="%s"'):format(name, html.escape(type(value) == "number" and number(value)
      or value))
  end
  return table.concat(parts)
end

-- An element; content: HTML, or nil for an element without any.
function html.element(name, attributes, content)
  local opening = name .. attributes_text(attributes or {})
  return content and ("<%s>%s</%s>"):format(opening, content, name) or ("<%s/>"):format(opening)
end

-- An element that holds text.
function html.text(name, attributes, text)
  return html.element(name, attributes, html.escape(text))
end

-- A table from rows of cells, the first of which is its head; a row that is a string stands above
-- those that follow. numbers: by column, whether it is set to the right. class: the table's own, or
-- nil.
function html.rows(rows, numbers, class)
  local lines = {}
  for i, row in ipairs(rows) do
    if type(row) == "string" then
      lines[i] = html.element("tr", { class = "group" }, html.text("td", { colspan = #rows[1] },
        row))
    else
      local cells = {}
      for n, cell in ipairs(row) do
        cells[n] = html.text(i == 1 and "th" or "td",
          { class = numbers[n] and "number" or "word" }, cell)
      end
      lines[i] = html.element("tr", {}, table.concat(cells))
    end
  end
  return html.element("div", { class = "wide" }, html.element("table", { class = class },
    table.concat(lines, "\n")))
end

return html
