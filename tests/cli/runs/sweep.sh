# A sweep, on one private server: progress on standard error, one table in the end.
sample 5
cat >mine.lua <<'LUA'
return require "bigdata".sweep {
  scenario = "row_by_row", summary = "engines", repeats = 2,
  vary = { engine = { "threads", "poll" } },
}
LUA
bigdata mine.lua --directory data --limit 2 --poolsize 2
bigdata mine.lua --directory data --limit 2 --poolsize 2 --quiet
