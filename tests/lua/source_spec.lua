-- sources: friendly checks around the core's.

local bigdata = require "bigdata"

local raises = dofile("tests/support/spec_kit.lua").raises_here

describe("bigdata.source", function()
  local path

  before_each(function()
    path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write("1;one;10;11\n2;two\n")
    file:close()
  end)

  after_each(function() os.remove(path) end)

  it("reads delimited files given as a path, a table, or a list of these", function()
    for _, files in ipairs { path, { path }, { path = path }, { { path = path } } } do
      local source <close> = bigdata.source.delimited {
        files = files, delimiter = ";", fields = { "n", "name" }, rest = "more",
      }
      assert.same({ n = "1", name = "one", more = { "10", "11" } }, (source:next()))
      assert.same({ n = "2", name = "two", more = {} }, (source:next()))
      assert.is_nil((source:next()))
    end
  end)

  it("reads fixed columns", function()
    local file = assert(io.open(path, "w"))
    file:write("ab12\ncd 3\n")
    file:close()
    local source <close> = bigdata.source.fixed {
      files = path, line_bytes = 4,
      columns = { { name = "x", start = 1, length = 2 }, { name = "y", start = 3, length = 2 } },
    }
    assert.same({ x = "ab", y = "12" }, (source:next()))
    assert.same({ x = "cd", y = "3" }, (source:next()))
  end)

  it("counts", function()
    local source <close> = bigdata.source.count { count = 2 }
    assert.same({ n = "1" }, (source:next()))
    local named <close> = bigdata.source.count { count = 2, field = "i" }
    assert.same({ i = "1" }, (named:next()))
  end)

  it("refuses wrong settings at the scenario's line", function()
    raises("source.delimited has no key delimeter; did you mean delimiter?", function()
      bigdata.source.delimited { files = path, fields = { "a" }, delimeter = ";" }
    end)
    raises("source.delimited needs fields (table)", function()
      bigdata.source.delimited { files = path }
    end)
    raises("delimiter must be one character", function()
      bigdata.source.delimited { files = path, fields = { "a" }, delimiter = "||" }
    end)
    raises("there are two fields a", function()
      bigdata.source.delimited { files = path, fields = { "a" }, rest = "a" }
    end)
    raises("fields is empty", function()
      bigdata.source.delimited { files = path, fields = {} }
    end)
    raises("columns is empty", function()
      bigdata.source.fixed { files = path, line_bytes = 4, columns = {} }
    end)
    raises("files must be a path, or a list of at least one", function()
      bigdata.source.delimited { files = {}, fields = { "a" } }
    end)
    raises("file 1: member must be a string, not a number", function()
      bigdata.source.delimited { files = { { path = path, member = 1 } }, fields = { "a" } }
    end)
    raises("column x does not lie within a line of 4 bytes", function()
      bigdata.source.fixed { files = path, line_bytes = 4,
        columns = { { name = "x", start = 3, length = 3 } } }
    end)
    raises("column 1 needs length (integer)", function()
      bigdata.source.fixed { files = path, line_bytes = 4, columns = { { name = "x", start = 3 } } }
    end)
    raises("count must be at least 1", function()
      bigdata.source.count { count = 0 }
    end)
    raises("count must be an integer, not a number that is not whole", function()
      bigdata.source.count { count = 1.5 }
    end)
  end)
end)
