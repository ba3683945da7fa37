-- options, flags and arguments: what is understood, what is refused and in which words.

local arguments = require "bigdata.cli.arguments"
local core = require "bigdata.core"
local options = require "bigdata.cli.options"
local server = require "bigdata.cli.server"

local function parse(line, flags)
  local args = {}
  for word in line:gmatch("%S+") do args[#args + 1] = word end
  return arguments.parse(args, options.RUN, flags)
end

local function refused(line, message, flags)
  local values, problem, info = parse(line, flags)
  assert.is_nil(values)
  assert.equal(message, problem)
  return info
end

describe("options of a run", function()
  it("have defaults", function()
    local values, words = assert(parse(""))
    assert.same({}, words)
    assert.same({
      poolsize = 15, protocol = "prepared", autocommit = true, engine = "threads", jobs = 1,
      loop = "c", lua_state = "worker", lua_memory = 1024, limit = 0, time = 0, queue = 4096,
      max_errors = 0, monitor = 20, commit_every = 0, insert = "row", insert_batch = 0,
      max_tries = 10, reconnect = 0, rate = 0, verify = true, delay = 0, warmup = 0,
      timeout = 0, seed = 1, vary = {},
    }, values)
  end)

  it("take values in every form", function()
    for _, line in ipairs { "-c 7", "-c7", "--poolsize 7", "--poolsize=7", "--client 7",
      "--clients 7",
      "--connections=7", "-c 3 --poolsize 7" } do
      assert.equal(7, parse(line).poolsize, line)
    end
    local values = parse("--no_autocommit --max_errors=5 --dry-run -P 2 -M simple --preload -T 1.5")
    assert.is_false(values.autocommit)
    assert.equal(5, values.max_errors)
    assert.is_true(values.dry_run)
    assert.is_true(values.preload)
    assert.equal(2, values.progress)
    assert.equal("simple", values.protocol)
    assert.equal(1.5, values.time)
  end)

  it("take 0, and numbers in a range", function()
    for _, given in ipairs { "0", "0.001", "1000" } do
      assert.equal(tonumber(given), parse("--rate " .. given).rate)
      assert.equal(tonumber(given), parse("--monitor=" .. given).monitor)
    end
    assert.equal(0.0001, parse("--delay .0001").delay)
    assert.equal(2000, parse("--rate 2k").rate)
  end)

  it("can be taken back where a scenario has set them", function()
    assert.equal(0, assert(parse("--insert-batch 0")).insert_batch)
  end)

  it("understand multiples and times", function()
    assert.equal(4500, parse("--limit 4500").limit)
    assert.equal(10000, parse("-t 10k").limit)
    assert.equal(2000000, parse("--queue 2M").queue)
    assert.equal("1000", tostring(parse("--limit 1e3").limit))
    assert.equal("1500", tostring(parse("--limit 1.5k").limit))
    for given, seconds in pairs { ["30"] = 30, ["30s"] = 30, ["2m"] = 120, ["1h"] = 3600 } do
      assert.equal(seconds, parse("--time " .. given).time)
    end
  end)

  it("say where the server is, as psql's do", function()
    local values = parse("-h /tmp -p5433 -U joe -d census --dburl x")
    assert.same({ "/tmp", 5433, "joe", "census", "x" },
      { values.host, values.port, values.username, values.dbname, values.dburl })
    assert.is_true(server.choose(values))
    assert.equal("user='joe' dbname='census' host='/tmp' port='5433'", values.dburl)
    values = parse("--dburl postgresql:///x")
    assert.is_true(server.choose(values))
    assert.equal("postgresql:///x", values.dburl)
  end)

  it("of the server are in no result", function()
    assert.same(options.of_trial(parse ""),
      options.of_trial(parse "-h /tmp -p 5433 -U joe -d census --dburl x"))
  end)

  it("leave words alone, also after --", function()
    assert.same({ "one", "two", "--three" }, (select(2, parse("one --quiet two -- --three"))))
  end)

  it("are refused with the range or the choice", function()
    for _, given in ipairs { "0", "-1", "5001", "100000", "1.5", "many", "99999999999999999999",
      "0x10", "k", "1e-1", "1kk", "1e99k" } do
      refused("--poolsize " .. given,
        ("--poolsize must be a whole number from 1 to 5000, not %s"):format(given))
    end
    refused("--commit-every 0", "--commit-every must be a whole number from 1 to 1000000, not 0")
    refused("--max-tries 0", "--max-tries must be a whole number from 1 to 1000000, not 0")
    refused("-M binary", "--protocol must be prepared, extended or simple, not binary")
    refused("--time 0", "--time must be a time above zero, as in 30, 30s, 2m or 1h, not 0")
    refused("--time 99999h", "--time must be at most 10000000 seconds, not 99999h")
    refused("--time=", "--time must be a time above zero, as in 30, 30s, 2m or 1h, not empty")
    refused("--time 5d", "--time must be a time above zero, as in 30, 30s, 2m or 1h, not 5d")
    for _, given in ipairs { "0.0009", "1000001", "." } do
      refused("--rate " .. given, "--rate must be records a second, from 0.001 to 1000000; 0 is no "
        .. "limit, not " .. given)
    end
    refused("--monitor .0000000001",
      "--monitor must be a number of times a second, from 0.001 to 1000, or 0, not .0000000001")
    refused("--delay 10001", "--delay must be milliseconds, from 0 to 10000, not 10001")
  end)

  it("are refused without a value, or with one too many", function()
    refused("--limit", "--limit needs a value")
    refused("--limit --quiet", "--limit needs a value")
    refused("--quiet=yes", "--quiet takes no value")
  end)

  it("suggest the near name", function()
    assert.equal("did you mean --poolsize?",
      refused("--polsize 3", "unknown option --polsize").hint)
    assert.equal("did you mean --no-autocommit?",
      refused("--no-autocomit", "unknown option --no-autocomit").hint)
    assert.equal("", refused("--frobnicate", "unknown option --frobnicate").hint)
    refused("-x", "unknown option -x")
  end)

  it("must fit together", function()
    local good, message = options.check(parse("--jobs 4 -c 3 --engine poll"))
    assert.is_nil(good)
    assert.equal("--jobs must not be above --poolsize: there are 4 loops for 3 connections",
      message)
    assert.is_true(options.check(parse("--jobs 3 -c 3 --engine poll")))
    local none, why, info = options.check(parse("--jobs 2"))
    assert.is_nil(none)
    assert.equal("--jobs has no meaning with --engine threads, which has a thread for each "
      .. "connection", why)
    assert.equal("use --engine poll, or --jobs 1", info.hint)
    assert.is_true(options.check(parse("--jobs 1")))
  end)
end)

describe("words", function()
  local function words(...)
    local found = {}
    for i, item in ipairs(arguments.words({ ... }, options.RUN)) do
      found[i] = item.word .. (item.doubtful and "?" or "")
    end
    return table.concat(found, " ")
  end

  it("are told from the values of options", function()
    assert.equal("row_by_row", words("-c", "5", "--limit", "10", "row_by_row", "--quiet"))
    assert.equal("row_by_row", words("--quiet", "row_by_row"))
  end)

  it("are doubtful after an option that is not known", function()
    assert.equal("data? row_by_row", words("--directory", "data", "row_by_row"))
    assert.equal("row_by_row", words("--directory=data", "row_by_row"))
  end)
end)

describe("flags of a scenario", function()
  local FLAGS = {
    { name = "directory", type = "path", default = "data/census", help = "folder" },
    { name = "up_to", type = "integer", default = 3 },
    { name = "share", type = "number" },
    { name = "kind", type = "string", default = "a", choices = { "a", "b" }, help = "which kind" },
    { name = "deep", type = "boolean", default = false },
    { name = "wide", type = "boolean", default = true },
  }

  local function flags(line)
    return (select(3, assert(parse(line, FLAGS))))
  end

  it("have their own table of values", function()
    local values, _, own = parse("--up_to 5 --share .5 --kind=b --deep --no-wide -c 2", FLAGS)
    assert.equal(5, own.up_to)
    assert.equal(0.5, own.share)
    assert.equal("b", own.kind)
    assert.is_true(own.deep)
    assert.is_false(own.wide)
    assert.equal(2, values.poolsize)
    assert.is_nil(values.up_to)
  end)

  it("have defaults, or nothing", function()
    local own = flags("")
    assert.equal(3, own.up_to)
    assert.equal("a", own.kind)
    assert.is_false(own.deep)
    assert.is_true(own.wide)
    assert.is_nil(own.share)
  end)

  it("take `-` for `_`", function()
    assert.equal(8, flags("--up-to 8").up_to)
    assert.equal(9, flags("--up_to=9").up_to)
  end)

  it("find a default path among the program's own", function()
    local here = require "lfs".attributes("data/census", "mode")
    assert.equal(here and "data/census" or core.home .. "/data/census", flags("").directory)
    assert.equal("data/census", flags("--directory data/census").directory)
  end)

  it("understand what numbers of options may be", function()
    assert.equal("5000", tostring(flags("--up-to 5k").up_to))
    assert.equal("-1000", tostring(flags("--up-to=-1e3").up_to))
    assert.equal(2500, flags("--share 2.5k").share)
  end)

  it("are checked", function()
    refused("--up-to many", "--up-to must be a whole number, not many", FLAGS)
    for _, given in ipairs { "2.5", "0x10", "1e99", "nan", "" } do
      refused("--up-to=" .. given, ("--up-to must be a whole number, not %s"):format(
        given == "" and "empty" or given), FLAGS)
    end
    refused("--share inf", "--share must be a number, not inf", FLAGS)
    refused("--kind c", "--kind must be a or b, not c", FLAGS)
    refused("--deep=yes", "--deep takes no value", FLAGS)
  end)

  it("complain when a step asks for one that there is not", function()
    local own = flags("")
    local good, problem = pcall(function() return own.directry end)
    assert.is_false(good)
    assert.is_truthy(problem:find("no flag directry; did you mean directory?", 1, true))
  end)

  it("are shown in the help, with the options", function()
    local help = arguments.help({ usage = "Usage: x" }, options.RUN, FLAGS)
    assert.is_truthy(help:find("%-%-directory PATH +folder %(default: data/census%)"))
    assert.is_truthy(help:find("%-%-kind TEXT +which kind: a or b %(default: a%)"))
    assert.is_truthy(help:find("--deep", 1, true))
    assert.is_truthy(help:find("--no-wide", 1, true))
    assert.is_falsy(help:find("--no-deep", 1, true))
    assert.is_truthy(help:find("%-c,%-%-poolsize N +connections"))
    for line in help:gmatch("[^\n]+") do assert.is_true(#line <= 80, line) end
  end)
end)
