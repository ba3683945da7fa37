# banned.awk - functions that are not to be called: unbounded or not thread-safe ones anywhere, and
# in src/ the C library's allocator outside of core/mem.c, and jumps.

BEGIN {
  anywhere = "sprintf|vsprintf|strcpy|strcat|strncpy|strtok|atoi|atol|gets|strerror|localtime"
  memory = "malloc|calloc|realloc|free|strdup|strndup"
  jumps = "setjmp|longjmp"
}

function find(list, line) {
  if (match(" " line, "[^A-Za-z0-9_.>](" list ")[ ]*\\("))
    complain(substr(" " line, RSTART + 1, RLENGTH - 1))
}

function complain(name) {
  sub(/ *\($/, "", name)
  printf "%s:%d: %s() is banned\n", FILENAME, FNR, name
  found = 1
}

{
  line = code()
  find(anywhere, line)
  if (FILENAME ~ /^src\//) {
    find(jumps, line)
    if (FILENAME !~ /^src\/core\/mem\.[ch]$/)
      find(memory, line)
  }
}

END { exit found }
