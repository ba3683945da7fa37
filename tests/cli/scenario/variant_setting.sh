# A setting that there is not is refused, with the near one.
cat >mine.lua <<'LUA'
return require "bigdata".variant {
  scenario = "row_by_row", summary = "mine", settings = { polsize = 3 },
}
LUA
bigdata mine.lua
