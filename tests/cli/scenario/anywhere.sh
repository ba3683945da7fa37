# A scenario may lie anywhere, with modules of its own that LUA_PATH leads to.
database
mkdir -p "deep down/modules"
cat >"deep down/modules/texts.lua" <<'LUA'
return { query = "insert into seen values ($1::int)" }
LUA
cat >"deep down/here.lua" <<'LUA'
local bigdata = require "bigdata"
local texts = require "texts"
local scenario = bigdata.scenario { summary = "notes what it has seen" }
scenario:step "note" {
  source = function() return bigdata.source.count { count = 100 } end,
  each = function(db, row) db:exec(texts.query, row.n) end,
}
return scenario
LUA
sql "create table seen (n int)"
export LUA_PATH="$PWD/deep down/modules/?.lua;;"
bigdata "deep down/here.lua" --dburl "$url" >/dev/null 2>&1
echo "status $?"
sql "select count(*), sum(n) from seen"
# Without the ";;" that stands for the default paths: the program finds its own modules anyway.
export LUA_PATH="$PWD/deep down/modules/?.lua" LUA_CPATH="$PWD/?.so"
bigdata "deep down/here.lua" --dry-run >/dev/null
echo "status $?"
