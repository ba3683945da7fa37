# layers.awk - includes point down only: main.c, bind, run, {pg, flow}, {input, stats}, core; and
# folders side by side do not know each other. libpq belongs to pg alone, Lua to bind.

BEGIN {
  rank["core"] = 0
  rank["input"] = rank["stats"] = 1
  rank["pg"] = rank["flow"] = 2
  rank["run"] = 3
  rank["bind"] = 4
  rank["main.c"] = 5
}

function complain(what) {
  printf "%s:%d: %s\n", FILENAME, FNR, what
  found = 1
}

FNR == 1 {
  split(FILENAME, path, "/")
  here = path[2]
  if (!(here in rank))
    complain("no layer is known by the name of " here)
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
  split($0, quoted, "\"")
  split(quoted[2], path, "/")
  there = path[1]
  if (!(there in rank))
    complain("include " quoted[2] " by its path below src/")
  else if (here != there && rank[there] >= rank[here])
    complain(here " must not include " quoted[2])
}

/^[ \t]*#[ \t]*include[ \t]*</ {
  split($0, quoted, /[<>]/)
  header = quoted[2]
  if (header ~ /^(libpq|pg_|postgres)/ && here != "pg")
    complain("only src/pg includes <" header ">")
  if (header ~ /^(lua|lauxlib|lualib)/ && here != "bind")
    complain("only src/bind includes <" header ">")
}

END { exit found }
