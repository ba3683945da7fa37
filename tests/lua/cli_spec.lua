-- the command line: which command is meant, what is said where, and the exit status.

local cli = require "bigdata.cli"
local core = require "bigdata.core"

local function stream(list)
  return { write = function(_, words) list[#list + 1] = words end, flush = function() end }
end

-- Run the command line: exit status, standard output, standard error.
local function bigdata(...)
  local out, err = {}, {}
  local status = cli.main({ ... }, { out = stream(out), err = stream(err) })
  return status, table.concat(out), table.concat(err)
end

local function has(words, text)
  assert.is_truthy(text:find(words, 1, true), text)
end

local function fails(message, hint, ...)
  local status, out, err = bigdata(...)
  assert.equal(1, status)
  assert.equal("", out)
  assert.equal(("bigdata: %s\n%s"):format(message, hint and ("hint: %s\n"):format(hint) or ""), err)
end

describe("bigdata", function()
  it("alone shows the usage as an error", function()
    local status, out, err = bigdata()
    assert.equal(1, status)
    assert.equal("", out)
    has("Usage: bigdata SCENARIO [options]", err)
  end)

  it("shows its version", function()
    for _, option in ipairs { "--version", "-V" } do
      local status, out = bigdata(option)
      assert.equal(0, status)
      assert.equal(("bigdata %s\n"):format(core.version), out)
    end
  end)

  it("shows the same help by word and by option", function()
    local status, out = bigdata("help")
    assert.equal(0, status)
    assert.equal(out, select(2, bigdata("--help")))
    assert.equal("\n", out:sub(-1))
    local of_scenario = select(2, bigdata("help", "row_by_row"))
    assert.equal(of_scenario, select(2, bigdata("row_by_row", "--help")))
    has("--directory PATH", of_scenario)
    for _, command in ipairs { "rebuild", "data", "list" } do
      assert.equal(select(2, bigdata("help", command)), select(2, bigdata(command, "--help")))
    end
    has("Usage: bigdata test", select(2, bigdata("help", "test")))
  end)

  it("keeps the help within 80 columns", function()
    local topics = {
      "run", "row_by_row", "rebuild", "data", "list", "report", "compare", "test",
    }
    for _, topic in ipairs(topics) do
      for line in select(2, bigdata("help", topic)):gmatch("[^\n]+") do
        assert.is_true(#line <= 80, line)
      end
    end
  end)

  it("lists the scenarios", function()
    local status, out = bigdata("list")
    assert.equal(0, status)
    assert.is_truthy(out:find("row_by_row +insert Census records, one statement per row\n"), out)
  end)

  it("refuses what it does not understand", function()
    fails("no scenario given", "bigdata list shows the scenarios there are", "--quiet")
    fails("no scenario given", "bigdata list shows the scenarios there are", "run")
    fails("there is no scenario row_by_rwo", "did you mean row_by_row?", "row_by_rwo")
    fails("unknown option --polsize", "did you mean --poolsize?", "row_by_row", "--polsize", "3")
    fails("--poolsize must be a whole number from 1 to 5000, not 0",
      "bigdata help row_by_row shows the options", "row_by_row", "--poolsize", "0")
    fails("--poolsize must be a whole number from 1 to 5000, not -1",
      "bigdata help row_by_row shows the options", "--poolsize", "-1", "row_by_row")
    fails("--jobs must not be above --poolsize: there are 16 loops for 15 connections", nil,
      "row_by_row", "-j", "16")
    fails("one scenario at a time: other is too much", nil, "row_by_row", "other")
    fails("one scenario at a time: list is too much", nil, "row_by_row", "list")
    fails("there is no scenario lst", "did you mean bigdata list?", "lst")
    fails("there is no command rn", "did you mean run?", "rn", "row_by_row")
    fails("--dry-run runs nothing that --json could write", "leave one of the two out",
      "row_by_row", "--dry-run", "--json", "-")
    fails("rebuild: unexpected word other", "bigdata help rebuild shows how to use it",
      "rebuild", "other")
    fails("data: there is no make", "bigdata help data shows how to use it", "data", "make")
    fails("--segments must be numbers between commas, as in 1,2,5, not 1,x", nil,
      "data", "generate", "--segments", "1,x")
  end)

  describe("with a scenario of its own", function()
    local path

    before_each(function()
      path = os.tmpname()
      os.remove(path)
      path = path .. ".lua"
      local file = assert(io.open(path, "w"))
      file:write [[
        local bigdata = require "bigdata"
        local scenario = bigdata.scenario { summary = "counts" }
        scenario:flag "up_to" { type = "integer", default = 3 }
        scenario:flag "loud" { type = "boolean", default = false }
        scenario:step "count" {
          source = function(opt) return bigdata.source.count { count = opt.up_to } end,
          each = function(db, row) db:exec("select $1", row.n) end,
        }
        return scenario]]
      file:close()
    end)

    after_each(function() os.remove(path) end)

    it("is only read by the dry run of a sweep or a search, which is refused like a real one",
      function()
        for _, args in ipairs { { "--vary", "engine=threads,poll", "--jobs", "2" },
          { "--find", "poolsize" }, { "--find", "jobs", "--engine", "poll" } } do
          local status, out, err = bigdata(path, "--dry-run", table.unpack(args))
          assert.equal(0, status, err)
          has("read: 3 records", out)
        end
        fails("with --engine threads there are no event loops to search for", "use --engine poll",
          path, "--find", "jobs", "--dry-run")
        for line, message in pairs {
          ["--dry-run --vary insert=row,copy"] = "--insert copy has no meaning",
          ["--vary poolsize=2,4 --jobs 2"] = "--jobs has no meaning",
        } do
          local args = {}
          for word in line:gmatch("%S+") do args[#args + 1] = word end
          local status, out, err = bigdata(path, table.unpack(args))
          assert.equal(1, status)
          assert.equal("", out)
          has(message, err)
        end
      end)

    -- Run it with the words of a line: refused with that message and hint.
    local function refuses(line, message, hint)
      local args = {}
      for word in line:gmatch("%S+") do args[#args + 1] = word end
      fails(message, hint, path, table.unpack(args))
    end

    it("is not searched with options that a search has no use for", function()
      refuses("--find poolsize -c 5", "--poolsize has no meaning with --find poolsize, which looks "
        .. "for it", "leave out one of the two")
      refuses("--find jobs -j 2 --engine poll", "--jobs has no meaning with --find jobs, which "
        .. "looks for it", "leave out one of the two")
      refuses("--find poolsize --resume",
        "--resume continues the load of one scenario, and no search")
      refuses("--find poolsize --continue x.json", "--continue goes on with a sweep, and no search",
        "leave it out: a search begins anew")
    end)

    it("is not run with options that nothing would come of", function()
      local without_lua = "leave it out, or use --loop lua"
      for _, more in ipairs { "", " --find poolsize", " --vary poolsize=1,2" } do
        refuses("--lua-state shared" .. more, "--lua-state has no meaning without --loop lua",
          without_lua)
        refuses("--lua-memory 9" .. more, "--lua-memory has no meaning without --loop lua",
          without_lua)
      end
      refuses("--vary lua-state=worker,shared", "--lua-state has no meaning without --loop lua",
        without_lua)
      for _, more in ipairs { "--find poolsize", "--vary poolsize=1,2", "--repeat 3" } do
        refuses("-r " .. more, "--report-per-command shows the statements of one run: a sweep or a "
          .. "search is many", "leave it out; --json has the statements of each run")
      end
      for _, line in ipairs { "--lua-state shared --loop lua", "--lua-memory 9 --vary loop=c,lua",
        "--vary lua-state=worker,shared --vary loop=c,lua", "-r" } do
        local args = { path, "--dry-run" }
        for word in line:gmatch("%S+") do args[#args + 1] = word end
        local status, _, err = bigdata(table.unpack(args))
        assert.equal(0, status, err)
      end
    end)

    it("is no sweep with options that each of our trials sets, whatever other programs do",
      function()
        local name = path:gsub("%.lua$", "_sweep.lua")
        local file <close> = assert(io.open(name, "w"))
        file:write(([[
          local bigdata = require "bigdata"
          return bigdata.sweep {
            scenario = %q,
            trials = {
              { name = "threads", engine = "threads", limit = 1 },
              { name = "poll", engine = "poll", limit = 1 },
              bigdata.external { name = "other", command = { "true" } },
            },
          }]]):format(path))
        file:flush()
        local status, _, err = bigdata(name, "--engine", "poll", "--dry-run")
        local status_of_limit, _, err_of_limit = bigdata(name, "--limit", "5", "--dry-run")
        os.remove(name)
        assert.equal(1, status)
        has("--engine: the sweep", err)
        has("sets it for each trial", err)
        assert.equal(0, status_of_limit, err_of_limit)
      end)

    it("takes flags and options on both sides of it", function()
      for _, args in ipairs {
        { path, "--up-to", "5", "--dry-run" }, { "--up-to", "5", path, "--dry-run" },
        { "--dry-run", "--up_to=5", path }, { "run", "--up-to", "5", "--dry-run", path },
        { "--loud", path, "--up-to", "5", "--dry-run" },
      } do
        local status, out, err = bigdata(table.unpack(args))
        assert.equal(0, status, err)
        has("read: 5 records", out)
      end
    end)

    it("says so when the first bad record stops a dry run", function()
      local file = assert(io.open(path, "w"))
      file:write(([[
        local bigdata = require "bigdata"
        local scenario = bigdata.scenario { summary = "reads itself" }
        scenario:step "read" {
          source = function()
            return bigdata.source.delimited { files = %q, fields = { "a", "b", "c" } }
          end,
          each = function(db, row) db:exec("select $1", row.a) end,
        }
        return scenario]]):format(path))
      file:close()
      local status, out, err = bigdata(path, "--dry-run")
      assert.equal(2, status)
      has("step read\n", out)
      has(("bigdata: step read stopped at a bad record: %s:1: "):format(path), err)
      has("hint: --max-errors N goes on past N bad records\n", err)
      assert.equal(0, (bigdata(path, "--dry-run", "--max-errors", "100")))
    end)
  end)
end)
