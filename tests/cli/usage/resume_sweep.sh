# A sweep runs the same load again and again.
cat >sweep.lua <<'LUA'
return require "bigdata".sweep { scenario = "row_by_row", vary = { poolsize = { 1, 2 } } }
LUA
bigdata sweep.lua --resume
