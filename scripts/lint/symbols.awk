# symbols.awk - from `nm -A -g -P`: global names of src/ begin with bd_ or luaopen_ (or are main),
# and each is used by some other file, a test at least: what its own file alone uses should be
# static, what nobody uses should go.

function complain(what) {
  print what
  found = 1
}

{
  object = $1
  sub(/:$/, "", object)
  source = object
  sub(/^build\/[^\/]*\//, "", source)
  sub(/\.o$/, ".c", source)
  name = $2
}

$3 == "U" {
  used[name] = 1
  next
}

# Sanitizers, coverage and the like define weak names of their own.
$3 ~ /[A-Z]/ && $3 !~ /[UVW]/ && source ~ /^src\// {
  defined[name] = source
  if (name !~ /^(bd_|luaopen_)/ && name != "main")
    complain(source ": " name " does not begin with bd_")
}

END {
  for (name in defined)
    if (!(name in used) && name != "main")
      complain(defined[name] ": " name " is used by no other file")
  exit found
}
