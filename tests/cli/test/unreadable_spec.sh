# A spec that is missing, or no Lua, is named.
echo 'it("' >broken_spec.lua
bigdata test -o TAP broken_spec.lua || echo "exit status $?"
bigdata test -o TAP missing_spec.lua
