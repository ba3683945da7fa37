# sizes.awk - files of at most 600 lines, functions in C of at most 80. Relies on the formatting: a
# function opens with a line in column 1 that ends in "{", and closes with "}" in column 1. Tables
# ("= {") and types are exempt.

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
  start = 0
}

{ lines = FNR }

/^[A-Za-z_].*[^=] \{$/ && !/^(typedef|struct|enum|union|static const)/ && !/= \{$/ { start = FNR }

# The opening brace may stand below a list of parameters.
/^ .*\) \{$/ && previous !~ /^ / && previous ~ /^[A-Za-z_].*\(.*[^;]$/ && !start { start = FNR - 1 }

/^\}/ && start {
  if (FILENAME ~ /\.[ch]$/ && FNR - start + 1 > 80)
    complain(start, "the function has " FNR - start + 1 " lines, more than 80")
  start = 0
}

{ previous = $0 }

END {
  end_file()
  exit found
}
