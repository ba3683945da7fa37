# Without busted, the package to install is named.
mkdir -p modules/busted
echo 'error "not installed"' >modules/busted/core.lua
echo 'it("is never run", function() end)' >points_spec.lua
LUA_PATH="$PWD/modules/?.lua" bigdata test points_spec.lua
