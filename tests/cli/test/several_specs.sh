# Specs anywhere, several at once, with the library at hand; busted's own options hold.
mkdir one two
for name in one two; do
  cat >$name/points_spec.lua <<'END'
local bigdata = require "bigdata"
describe("a spec in a folder", function()
  it("has the library", function() assert.is_function(bigdata.scenario) end)
  it("has the core", function() assert.is_string(require("bigdata.core").version) end)
end)
END
done
bigdata test -o TAP one/points_spec.lua two/points_spec.lua
bigdata test -o plainTerminal one
