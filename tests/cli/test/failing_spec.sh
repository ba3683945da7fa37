# A spec that fails makes the exit status 1.
cat >points_spec.lua <<'END'
it("holds", function() assert.equal(1, 1) end)
it("does not hold", function() assert.equal(1, 2) end)
END
bigdata test -o TAP points_spec.lua
