-- core.command: another program, run to its end.

local core = require "bigdata.core"

local kit = dofile "tests/support/spec_kit.lua"

local function run(script, more)
  more = more or {}
  return core.command {
    argv = { "/bin/sh", "-c", script }, env = more.env or {}, timeout = more.timeout or 0,
  }
end

describe("a program", function()
  it("is run with what it is given, and its outputs are kept apart", function()
    local result = assert(run('echo "$HOME_OF_IT"; echo bad >&2; exit 3', {
      env = { "HOME_OF_IT=here = there" },
    }))
    assert.equal("here = there\n", result.out)
    assert.equal("bad\n", result.err)
    assert.equal(3, result.status)
    assert.is_nil(result.signal)
    assert.is_false(result.timed_out or result.left_behind)
  end)

  it("inherits our environment, which what is given replaces", function()
    assert.is_truthy(assert(run "echo $PATH").out:find("/bin", 1, true))
    assert.equal("/nowhere\n", assert(run("echo $HOME", { env = { "HOME=/nowhere" } })).out)
  end)

  it("has an empty standard input", function()
    assert.equal("", assert(run "cat").out)
  end)

  it("may print very much, of which the last part is kept", function()
    local result = assert(run "head -c 9000000 /dev/zero; echo end; head -c 3000000 /dev/zero >&2")
    assert.equal(0, result.status)
    assert.is_true(#result.out >= 1048576 and #result.out < 2200000, #result.out)
    assert.equal("\0end\n", result.out:sub(-5))
  end)

  it("is accounted for with its children", function()
    -- The child says what it has taken itself: user and system.
    local result = assert(
      run "sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; times'; true")
    local user, system = result.out:match "^0m([%d.]+)s 0m([%d.]+)s\n"
    local taken = result.cpu_user_seconds + result.cpu_system_seconds
    assert.is_true(tonumber(user) > 0, result.out)
    assert.is_true(taken >= user + system - 0.01, taken)
    assert.is_true(result.peak_bytes > 100000, result.peak_bytes)
  end)

  it("that a signal ends says which", function()
    local result = assert(run "kill -9 $$")
    assert.is_nil(result.status)
    assert.equal(9, result.signal)
  end)

  it("that never ends is ended when its time is up, with its children", function()
    local result = assert(run("trap '' TERM; sleep 1000 & echo $!; sleep 1000", { timeout = 1 }))
    assert.is_true(result.timed_out)
    assert.is_true(kit.ends(result.out:match "%d+"))
  end)

  it("that leaves processes behind is told of, and they are killed", function()
    local result = assert(run "(sleep 1000) & echo $!")
    assert.equal(0, result.status)
    assert.is_true(result.left_behind)
    assert.is_true(kit.ends(result.out:match "%d+"))
  end)

  it("that does not exist is an error", function()
    local result, message, info = core.command { argv = { "no-such-program" }, env = {} }
    assert.is_nil(result)
    assert.equal("CONFIG", info.code)
    assert.is_truthy(message:find("cannot run no-such-program: No such file", 1, true), message)
  end)

  it("must be named", function()
    assert.has_error(function() core.command { argv = {}, env = {} } end,
      "core.command: argv names no program")
  end)
end)
