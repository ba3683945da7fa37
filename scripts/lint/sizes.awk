# sizes.awk - files of at most 600 lines, functions in C of at most 80. Relies on the formatting: a
# function begins in column 1, opens with ") {" at the end of that line or of one below, and closes
# with "}" in column 1.

function complain(line, what) {
  printf "%s:%d: %s\n", file, line, what
  found = 1
}

function end_file() {
  if (lines > 600)
    complain(601, "the file has " lines " lines, more than 600")
}

FNR == 1 {
  if (file != "")
    end_file()
  file = FILENAME
  head = start = 0
}

{ lines = FNR }

# What is not in a function.
/^[A-Za-z_]/ && !start { head = FNR }

/\) \{$/ && !start { start = head }

/^\}/ {
  if (start && FILENAME ~ /\.[ch]$/ && FNR - start + 1 > 80)
    complain(start, "the function has " FNR - start + 1 " lines, more than 80")
  start = 0
}

END {
  end_file()
  exit found
}
