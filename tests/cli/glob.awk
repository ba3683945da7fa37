# glob.awk PATTERNS ACTUAL - compare a text with patterns, line by line; prints the first line that
# does not match. "*" stands for any text within a line, a line "..." for any number of lines (up to
# the first that matches the pattern after it); everything else stands for itself.

function expression(pattern) {
  gsub(/[][\\.^$(){}|+?]/, "\\\\&", pattern)
  gsub(/\*/, ".*", pattern)
  return "^" pattern "$"
}

FILENAME == ARGV[1] {
  patterns[++count] = $0
  next
}

FNR == 1 && FILENAME == ARGV[2] { at = 1 }

failed { next }

{
  if (patterns[at] == "..." && at <= count) {
    if (at < count && $0 ~ expression(patterns[at + 1]))
      at += 2
  } else if (at > count) {
    failed = "line " FNR " is one too many: " $0
  } else if ($0 ~ expression(patterns[at])) {
    at++
  } else {
    failed = "line " FNR " does not match: " patterns[at]
  }
}

END {
  if (!at)
    at = 1
  while (!failed && at <= count && patterns[at] == "...")
    at++
  if (!failed && at <= count)
    failed = "no line matches: " patterns[at]
  if (failed) {
    print failed
    exit 1
  }
}
