-- The manual page: the tables of commands and options as man(7) source.

local commands = require "bigdata.cli.commands"
local manual = require "bigdata.cli.manual"
local options = require "bigdata.cli.options"

-- The page as it is read, more or less: without fonts and macros.
local function plain(page)
  return (page:gsub("\\f[BIR]", ""):gsub("\\%-", "-"):gsub("\\e", "\\"))
end

-- Fails unless the page has the name of the option, and not only as a part of another.
local function names(page, option)
  for _, name in ipairs(options.names_of(option)) do
    assert.is_truthy(page:find("%-%-" .. name:gsub("-", "%%-") .. "%f[^%w-]"), "no --" .. name)
  end
  if option.short then
    assert.is_truthy(page:find("\n-" .. option.short .. ", --" .. option.name, 1, true))
  end
end

describe("the manual page", function()
  local page = manual.text()

  it("has the sections that a page has", function()
    local sections = {}
    for name in page:gmatch("\n%.SH ([^\n]+)") do sections[#sections + 1] = name end
    assert.same({ "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS",
      "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO" }, sections)
  end)

  it("names every option of a run and of the commands", function()
    for option in options.each(options.RUN) do names(plain(page), option) end
    for _, command in ipairs(commands.LIST) do
      assert.is_truthy(page:find("bigdata " .. command.name, 1, true))
      if command.own then
        for option in options.each(commands.module(command.name).definition.options) do
          names(plain(page), option)
        end
      end
    end
  end)

  it("says what every option does, in the words of help", function()
    local words = plain(page):gsub("%s+", " ")
    for option in options.each(options.RUN) do
      assert.is_truthy(words:find(options.described(option):gsub("%s+", " "), 1, true), option.name)
    end
  end)

  it("begins lines with a dot only for macros that there are", function()
    for line in page:gmatch("[^\n]+") do
      local macro = line:match("^[.'](%S*)")
      assert.is_truthy(not macro or ({ TH = 1, SH = 1, SS = 1, TP = 1, TQ = 1, PP = 1, IP = 1,
        RS = 1, RE = 1, B = 1, I = 1, BR = 1, RI = 1, br = 1, nf = 1, fi = 1 })[macro], line)
    end
  end)

  it("names every exit status", function()
    for _, status in ipairs(commands.STATUSES) do
      assert.is_truthy(plain(page):find(("\n.TP\n%d\n%s"):format(status[1], status[2]), 1, true))
    end
  end)
end)
