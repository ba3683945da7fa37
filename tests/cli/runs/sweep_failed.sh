# A trial that wants too many connections is named, and the others are run.
database
sample 3
cat >mine.lua <<'LUA'
return require "bigdata".sweep {
  scenario = "row_by_row", vary = { poolsize = { 2, 200 } },
}
LUA
bigdata mine.lua --directory data --dburl "$url"
