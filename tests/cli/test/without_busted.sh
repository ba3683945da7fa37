# Without busted, the package to install is named.
mkdir modules
for module in argparse.lua; do
  cp "$(find /usr/share/lua/5.4 /usr/local/share/lua/5.4 -name "$module" 2>/dev/null | head -n 1)" \
    modules/
done
echo 'it("is never run", function() end)' >points_spec.lua
LUA_PATH="$PWD/modules/?.lua" bigdata test points_spec.lua
