-- json: text from values and back.

local json = require "bigdata.result.json"

describe("encode", function()
  it("writes values with their keys in order", function()
    assert.equal('{\n  "a":[1,"x"],\n  "b":{\n  },\n  "c":true\n}\n',
      json.encode { c = true, b = {}, a = { 1, "x" } })
    assert.equal("[]\n", json.encode(json.array {}))
  end)

  it("keeps all digits, and has no NaN", function()
    for _, number in ipairs { 0.1, 1 / 3, 1e300, 123456789012345678, -0.5, 5e-324 } do
      assert.equal(number, (json.decode(json.encode(number))))
    end
    assert.equal("null\n", json.encode(0 / 0))
    assert.equal("null\n", json.encode(-math.huge))
  end)

  it("escapes what must be, and makes UTF-8 of anything", function()
    assert.equal('"a\\"\\\\\\n\\u0001\u{fc}"\n', json.encode 'a"\\\n\1\u{fc}')
    assert.equal('"\u{fc}ber"\n', json.encode "\xfcber")
  end)

  it("leaves out what is no value", function()
    assert.equal('{\n  "a":1\n}\n', json.encode { a = 1, f = print })
  end)
end)

describe("decode", function()
  it("reads what was written", function()
    local value = { name = "a\u{1F600}\0b", list = { 1, 2.5, { x = false } }, none = {} }
    assert.same(value, (json.decode(json.encode(value))))
  end)

  it("reads escapes, space and null", function()
    assert.same({ a = { "\u{fc}\u{1F600}/\t", 2 } },
      (json.decode ' {"a" : [ "\\u00fc\\ud83d\\ude00\\/\\t" , 2, null ] , "b":null}\r\n'))
    assert.equal("", (json.decode '""'))
  end)

  it("says where a text is wrong", function()
    local function fails(given, message)
      local value, problem = json.decode(given)
      assert.is_nil(value)
      assert.equal(message, problem)
    end
    fails("", "no valid JSON value (reached the end)")
    fails('{"a": 1,\n "b": }', "no valid JSON value at line 2, column 7")
    fails('{"a": 1', "unterminated object at line 1, column 1")
    fails("[1, 2", "unterminated array at line 1, column 1")
    fails('["a]', "unterminated string at line 1, column 2")
    fails("{} {}", "something follows the end of the value")
  end)
end)
