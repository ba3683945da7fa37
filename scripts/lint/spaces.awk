# spaces.awk - lines of at most 100 characters without trailing space, tabs only where make wants
# them, LF at every line's end, and nothing empty at the file's end.

function complain(line, what) {
  printf "%s:%d: %s\n", file, line, what
  found = 1
}

function end_file() {
  if (previous == "")
    complain(lines, "empty line at the end")
}

FNR == 1 {
  if (file != "")
    end_file()
  file = FILENAME
}

{
  lines = FNR
  previous = $0
}

/\r$/ {
  complain(FNR, "CRLF")
  next
}

/[ \t]$/ { complain(FNR, "trailing space") }

/\t/ && FILENAME !~ /(^|\/)Makefile$/ { complain(FNR, "tab") }

# Tables in Markdown and what is compared byte for byte may be as wide as they must.
length($0) > 100 && FILENAME !~ /\.(md|exact|glob)$/ {
  text = $0
  gsub(/[\200-\277]/, "", text) # the bytes of a character after its first
  if (length(text) > 100)
    complain(FNR, length(text) " characters")
}

END {
  end_file()
  exit found
}
